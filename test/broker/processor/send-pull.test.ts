import { describe, expect, test } from 'vitest';
import { topicConfig } from '../../../src/protocol/body/topic-config.ts';
import { getTopicConfig } from '../../../src/protocol/command/get-topic-config.ts';
import { pullMessage } from '../../../src/protocol/command/pull-message.ts';
import { sendMessage, sendMessageV2 } from '../../../src/protocol/command/send-message.ts';
import { encodeProperties, getProperty } from '../../../src/protocol/message/properties.ts';
import type { RemotingCommand } from '../../../src/protocol/remoting-command.ts';
import { BrokerWorld, bodiesOf, pullHeader, recordsOf, sendHeader } from '../broker-world.ts';

test('a message is stored, answered with its place, and pulled as it was sent', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  const sent = await client.send('hello', { queueId: 2 }, { TAGS: 'TagA', KEYS: 'k1', UNIQ_KEY: 'ID1' });
  expect(sent).toMatchObject({ code: 0, extFields: { queueId: '2', queueOffset: '0', transactionId: 'ID1' } });
  expect(sent.extFields['msgId']).toMatch(/^0A00000100002A9F[0-9A-F]{16}$/);
  const pulled = await client.pull({ queueId: 2 });
  const places = { nextBeginOffset: '1', minOffset: '0', maxOffset: '1', suggestWhichBrokerId: '0' };
  expect(pulled).toMatchObject({ code: 0, remark: 'FOUND', extFields: places });
  const [record] = recordsOf(pulled);
  expect(record).toMatchObject({ topic: 'Topic', queueId: 2, queueOffset: 0, bornTimestamp: 1_000 });
  expect(record?.body.toString()).toBe('hello');
  const own = { MSG_REGION: 'DefaultRegion', TRACE_ON: 'true', CLUSTER: 'DefaultCluster' };
  const given = { TAGS: 'TagA', KEYS: 'k1', UNIQ_KEY: 'ID1' };
  expect(record?.properties).toBe(encodeProperties(Object.entries({ ...given, ...own })));
  expect([...(record?.bornHost.subarray(0, 4) ?? [])]).toEqual([10, 0, 0, 2]);
});

test('everything that was acknowledged is there after a restart', async () => {
  const world = await BrokerWorld.start();
  for (let i = 0; i < 5; i++) await world.client().send(`m${i}`);
  await world.restart();
  const client = world.client();
  expect(bodiesOf(await client.pull())).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  const next = await client.send('m5');
  expect(next.extFields['queueOffset']).toBe('5');
});

test('both forms of the header store the same message', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.ask(sendMessage, sendHeader({}, { TAGS: 'a' }), Buffer.from('v1'));
  await client.ask(sendMessageV2, sendHeader({}, { TAGS: 'a' }), Buffer.from('v2'));
  const [first, second] = recordsOf(await client.pull());
  expect(first?.body.toString()).toBe('v1');
  expect(second?.body.toString()).toBe('v2');
  expect(getProperty(first?.properties ?? '', 'UNIQ_KEY')).toMatch(/^[0-9A-F]{32}$/);
});

test('properties that a client took over from another message are replaced, not repeated', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x', {}, { MSG_REGION: 'Elsewhere', CLUSTER: 'Other', POP_CK: 'handle', TAGS: 'a' });
  const text = recordsOf(await client.pull())[0]?.properties ?? '';
  expect(text.match(/MSG_REGION/g)).toHaveLength(1);
  expect(getProperty(text, 'MSG_REGION')).toBe('DefaultRegion');
  expect(getProperty(text, 'CLUSTER')).toBe('DefaultCluster');
  expect(text).not.toContain('POP_CK');
});

test('a batch is stored back to back and answered with all ids', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('first');
  const sent = await client.sendBatch(['a', 'b', 'c']);
  expect(sent).toMatchObject({ code: 0, extFields: { queueId: '0', queueOffset: '1' } });
  expect(sent.extFields['msgId']?.split(',')).toHaveLength(3);
  const records = recordsOf(await client.pull());
  expect(records.map(({ body, queueOffset }) => `${queueOffset}${body}`)).toEqual(['0first', '1a', '2b', '3c']);
});

test('a topic is created by the first message to it, with the settings of the default topic', async () => {
  const world = await BrokerWorld.start('defaultTopicQueueNums=3');
  const client = world.client();
  await client.send('x', { topic: 'Fresh', defaultTopicQueueNums: 8 });
  const answer = await client.ask(getTopicConfig, { topic: 'Fresh' });
  const config = topicConfig.decode(answer.body);
  expect(config).toMatchObject({ topicName: 'Fresh', readQueueNums: 3, writeQueueNums: 3, perm: 6 });
});

test('oneway messages are stored without an answer', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  client.oneway(sendMessageV2, sendHeader({ queueId: 1 }, {}));
  await world.world.run(20);
  expect(recordsOf(await client.pull({ queueId: 1 }))).toHaveLength(1);
});

describe('a send that cannot be stored is refused with code and reason, and stores nothing', () => {
  test.each([
    ['blank topic', { topic: ' ' }, {}, 29, 'blank'],
    ['illegal topic', { topic: 'a/b' }, {}, 29, 'illegal characters'],
    ['long topic', { topic: 'x'.repeat(128) }, {}, 29, 'longer than topic max length'],
    ['system topic', { topic: 'SCHEDULE_TOPIC_XXXX' }, {}, 16, 'is forbidden'],
    ['internal topic', { topic: 'rmq_sys_LEDGERMQ' }, {}, 16, 'is forbidden'],
    ['no default topic', { topic: 'New', defaultTopic: 'None' }, {}, 17, 'topic[New] not exist, apply first please!'],
    ['queue out of range', { queueId: 4 }, {}, 29, 'request queueId[4] is illegal'],
    ['transaction', {}, { TRAN_MSG: 'true' }, 13, 'TRAN_MSG=true'],
    ['prepared by sysFlag', { sysFlag: 4 }, {}, 13, 'transaction bits'],
    ['rolled back by sysFlag', { sysFlag: 12 }, {}, 13, 'transaction bits'],
    ['timer', {}, { TIMER_DELIVER_MS: '1' }, 13, 'TIMER_DELIVER_MS'],
  ])('%s', async (_name, header, properties, code, reason) => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('known');
    const before = world.lone.broker.status().endPosition;
    const answer = await client.send('x', header, properties);
    expect(answer.code).toBe(code);
    expect(answer.remark).toContain(reason);
    expect(world.lone.broker.status().endPosition).toBe(before);
  });

  test('a body above maxMessageSize', async () => {
    const world = await BrokerWorld.start('maxMessageSize=1000');
    const answer = await world.client().send('x'.repeat(1001));
    expect(answer).toMatchObject({ code: 13, remark: expect.stringContaining('maxMessageSize=1000') });
  });

  test('autoCreateTopicEnable=false', async () => {
    const world = await BrokerWorld.start('autoCreateTopicEnable=false');
    expect((await world.client().send('x')).code).toBe(17);
  });

  test('a broker without write permission, to a new topic', async () => {
    const world = await BrokerWorld.start('brokerPermission=4');
    expect((await world.client().send('x')).code).toBe(16);
  });

  test('a malformed batch', async () => {
    const world = await BrokerWorld.start();
    const answer = await world
      .client()
      .raw(
        320,
        { a: 'p', b: 'Topic', c: 'TBW102', d: '4', e: '0', f: '0', g: '1', h: '0', m: 'true' },
        Buffer.from('junk'),
      );
    expect(answer).toMatchObject({ code: 13, remark: 'message 1 of the batch is cut off or malformed' });
  });

  test('a header without a required field', async () => {
    const world = await BrokerWorld.start();
    const answer = await world.client().raw(310, { b: 'Topic' });
    expect(answer).toMatchObject({ code: 1, remark: expect.stringContaining('header field a is missing') });
  });
});

test('a message that was retried too often goes to the dead-letter queue', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x', { topic: '%RETRY%group', reconsumeTimes: 3, maxReconsumeTimes: 3 }, { DELAY: '6' });
  expect(bodiesOf(await client.pull({ topic: '%DLQ%group' }))).toEqual(['x']);
});

describe('a pull', () => {
  test('is refused for an unknown topic, a bad queue, an unknown subscription, an older one', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('x');
    expect((await client.pull({ topic: 'None' })).code).toBe(17);
    expect((await client.pull({ queueId: 4 })).code).toBe(29);
    expect((await client.pull({ sysFlag: 0 })).code).toBe(24);
    await client.heartbeat('group', ['Topic']);
    expect((await client.pull({ sysFlag: 0, subVersion: 1 })).code).toBe(0);
    expect((await client.pull({ sysFlag: 0, subVersion: 2 })).code).toBe(25);
    expect((await client.pull({ subscription: '||' })).code).toBe(23);
    expect((await client.pull({ expressionType: 'SQL92', subscription: 'a > 1' })).code).toBe(1);
  });

  test('names what forbids it', async () => {
    const unreadable = await BrokerWorld.start('brokerPermission=2');
    const answer = await unreadable.client().pull();
    expect(answer).toMatchObject({ code: 16, extFields: { forbiddenType: '1' } });
    const lite = await BrokerWorld.start('litePullMessageEnable=false');
    const { extFields } = await lite.client().raw(361, pullMessage.encodeRequest(pullHeader({})));
    expect(extFields['forbiddenType']).toBe('1');
  });

  test('sees only its tags, and goes on behind what it does not want', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('a', {}, { TAGS: 'A' });
    await client.send('b', {}, { TAGS: 'B' });
    await client.send('c');
    expect(bodiesOf(await client.pull({ subscription: 'A || C' }))).toEqual(['a']);
    const nothing = await client.pull({ subscription: 'C' });
    expect(nothing).toMatchObject({ code: 20, extFields: { nextBeginOffset: '3' } });
  });

  test('outside the queue is moved to where it can go on', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('a');
    expect(await client.pull({ queueOffset: 1 })).toMatchObject({ code: 19, remark: 'OFFSET_OVERFLOW_ONE' });
    expect(await client.pull({ queueOffset: 9 })).toMatchObject({ code: 21, extFields: { nextBeginOffset: '1' } });
    expect((await client.pull({ queueId: 1 })).code).toBe(19);
    expect((await client.pull({ queueId: 1, queueOffset: 5 })).code).toBe(21);
  });

  test('is held until a message with its tag arrives', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('old', {}, { TAGS: 'B' });
    const answers: RemotingCommand[] = [];
    const header = { queueOffset: 1, sysFlag: 6, suspendTimeoutMillis: 15_000, subscription: 'A' };
    client.begin(pullMessage, pullHeader(header), answers);
    await world.world.run(1_000);
    await client.send('other', {}, { TAGS: 'B' });
    await world.world.run(1_000);
    expect(answers).toHaveLength(0);
    expect(world.lone.broker.status().heldPulls).toBe(1);
    await client.send('mine', {}, { TAGS: 'A' });
    await world.world.run(10);
    expect(answers).toMatchObject([{ code: 0, extFields: { nextBeginOffset: '3' } }]);
    expect(answers.flatMap(bodiesOf)).toEqual(['mine']);
  });

  test('is answered in time when nothing arrives', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('old');
    const startedMs = world.world.nowMs;
    const answer = await client.pull({ queueOffset: 1, sysFlag: 6, suspendTimeoutMillis: 5_000 });
    expect(answer).toMatchObject({ code: 19, extFields: { nextBeginOffset: '1' } });
    expect(world.world.nowMs - startedMs).toBeGreaterThanOrEqual(5_000);
    expect(world.world.nowMs - startedMs).toBeLessThan(5_200);
  });

  test('that waits is answered when the broker stops', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('old');
    const answers: RemotingCommand[] = [];
    const header = { queueOffset: 1, sysFlag: 6, suspendTimeoutMillis: 15_000 };
    client.begin(pullMessage, pullHeader(header), answers);
    await world.world.run(100);
    await world.stop();
    expect(answers).toMatchObject([{ code: 19 }]);
  });
});
