import { describe, expect, test } from 'vitest';
import { consumerSendMessageBack } from '../../../src/protocol/command/consumer-send-message-back.ts';
import { offsetMessageId } from '../../../src/protocol/message/message-id.ts';
import { getProperty } from '../../../src/protocol/message/properties.ts';
import { BrokerWorld, bodiesOf, recordsOf, type TestClient } from '../broker-world.ts';

const SECOND = 1_000;

async function countOf(client: TestClient, topic = 'Topic'): Promise<number> {
  const answer = await client.pull({ topic });
  return answer.code === 0 ? recordsOf(answer).length : 0;
}

describe('delay levels', () => {
  test('deliver when their time has come, not earlier, in the topic and queue they were sent to', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('now', { queueId: 2 });
    const sent = await client.send('5 s', { queueId: 2, flag: 7 }, { DELAY: '2', TAGS: 'A', WAIT: 'true' });
    expect(sent).toMatchObject({ code: 0 });
    await world.world.run(4.9 * SECOND);
    expect(bodiesOf(await client.pull({ queueId: 2 }))).toEqual(['now']);
    await world.world.run(0.2 * SECOND);
    const [, record] = recordsOf(await client.pull({ queueId: 2 }));
    expect(record).toMatchObject({ topic: 'Topic', queueId: 2, queueOffset: 1, flag: 7 });
    expect(record?.body.toString()).toBe('5 s');
    for (const name of ['DELAY', 'REAL_TOPIC', 'REAL_QID', 'WAIT']) {
      expect(getProperty(record?.properties ?? '', name)).toBeUndefined();
    }
    expect(getProperty(record?.properties ?? '', 'TAGS')).toBe('A');
  });

  test('beyond the last one mean the last one, and are kept in order of their own', async () => {
    const world = await BrokerWorld.start('messageDelayLevel=1s 3s');
    const client = world.client();
    await client.send('slow', {}, { DELAY: '99' });
    await client.send('fast', {}, { DELAY: '1' });
    await world.world.run(1.2 * SECOND);
    expect(bodiesOf(await client.pull())).toEqual(['fast']);
    await world.world.run(2 * SECOND);
    expect(bodiesOf(await client.pull())).toEqual(['fast', 'slow']);
  });

  test('deliver hundreds of messages that are due together, each once', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    for (let i = 0; i < 100; i++) await client.send(`m${i}`, {}, { DELAY: '1' });
    await world.world.run(2 * SECOND);
    const seen: string[] = [];
    for (let offset = 0; offset < 100; offset += 32) seen.push(...bodiesOf(await client.pull({ queueOffset: offset })));
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => `m${i}`));
  });

  test('go on after a restart, and repeat nothing', async () => {
    const world = await BrokerWorld.start();
    await world.client().send('first', {}, { DELAY: '1' });
    await world.world.run(2 * SECOND);
    await world.client().send('second', {}, { DELAY: '2' });
    await world.restart();
    await world.world.run(6 * SECOND);
    expect(bodiesOf(await world.client().pull())).toEqual(['first', 'second']);
  });

  test('deliver what comes after a file of progress that is ahead of its queue', async () => {
    const world = await BrokerWorld.start();
    await world.world.run(1);
    await world.stop();
    world.brokerPlatform.disk.replaceFile('/store/config/delayOffset.json', Buffer.from('{"offsetTable":{"1":50}}'));
    await world.startAgain();
    await world.client().send('x', {}, { DELAY: '1' });
    await world.world.run(1.5 * SECOND);
    expect(await countOf(world.client())).toBe(1);
  });

  test('are not cut short by a clock that jumps forwards', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('old', {}, { DELAY: '4' });
    await world.world.run(5 * SECOND);
    world.brokerPlatform.clock.wallOffsetMs += 3_600 * SECOND;
    await world.world.run(20 * SECOND);
    expect(await countOf(client)).toBe(0);
    await world.world.run(10 * SECOND);
    expect(await countOf(client)).toBe(1);
    await client.send('new', {}, { DELAY: '1' });
    await world.world.run(2.2 * SECOND);
    expect(await countOf(client)).toBe(2);
  });

  test('deliver late, not early, after a clock that jumps backwards', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('x', {}, { DELAY: '1' });
    world.brokerPlatform.clock.wallOffsetMs -= 10 * SECOND;
    await world.world.run(10.5 * SECOND);
    expect(await countOf(client)).toBe(0);
    await world.world.run(1.5 * SECOND);
    expect(await countOf(client)).toBe(1);
  });
});

describe('a message that a consumer sends back', () => {
  async function sendBack(client: TestClient, offset: number, fields: object = {}): Promise<number> {
    const request = {
      offset,
      group: 'group',
      delayLevel: 0,
      originMsgId: 'ORIGIN',
      maxReconsumeTimes: 2,
      unitMode: false,
    };
    return (await client.ask(consumerSendMessageBack, { ...request, ...fields })).code;
  }

  test('comes again in the retry topic after a growing delay, then goes to the dead-letter queue', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('x', {}, { TAGS: 'A', UNIQ_KEY: 'KEY' });
    const [original] = recordsOf(await client.pull());
    expect(await sendBack(client, original?.position ?? -1)).toBe(0);
    await world.world.run(9.9 * SECOND);
    expect(await countOf(client, '%RETRY%group')).toBe(0);
    await world.world.run(0.3 * SECOND);
    const [first] = recordsOf(await client.pull({ topic: '%RETRY%group' }));
    expect(first).toMatchObject({ reconsumeTimes: 1, topic: '%RETRY%group' });
    expect(getProperty(first?.properties ?? '', 'RETRY_TOPIC')).toBe('Topic');
    const origin = offsetMessageId(original?.storeHost ?? Buffer.alloc(0), original?.position ?? -1);
    expect(getProperty(first?.properties ?? '', 'ORIGIN_MESSAGE_ID')).toBe(origin);
    expect(await sendBack(client, first?.position ?? -1)).toBe(0);
    await world.world.run(29.9 * SECOND);
    expect(await countOf(client, '%RETRY%group')).toBe(1);
    await world.world.run(0.3 * SECOND);
    const [, second] = recordsOf(await client.pull({ topic: '%RETRY%group' }));
    expect(second?.reconsumeTimes).toBe(2);
    expect(getProperty(second?.properties ?? '', 'ORIGIN_MESSAGE_ID')).toBe(origin);
    expect(await sendBack(client, second?.position ?? -1)).toBe(0);
    await world.world.run(SECOND);
    expect(bodiesOf(await client.pull({ topic: '%DLQ%group' }))).toEqual(['x']);
  });

  test('goes to the dead-letter queue at once when the consumer says so', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('x');
    expect(await sendBack(client, 0, { delayLevel: -1 })).toBe(0);
    expect(await countOf(client, '%DLQ%group')).toBe(1);
  });

  test('that does not exist, or whose group may not exist, is refused', async () => {
    const world = await BrokerWorld.start('autoCreateSubscriptionGroup=false');
    const client = world.client();
    await client.send('x');
    expect(await sendBack(client, 0)).toBe(26);
    const open = await BrokerWorld.start();
    expect(await sendBack(open.client(), 12_345)).toBe(1);
  });
});
