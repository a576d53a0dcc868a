import { expect, test } from 'vitest';
import { getEarliestStoreTime } from '../../../src/protocol/command/get-earliest-store-time.ts';
import { getMaxOffset } from '../../../src/protocol/command/get-max-offset.ts';
import { getMinOffset } from '../../../src/protocol/command/get-min-offset.ts';
import { queryConsumerOffset } from '../../../src/protocol/command/query-consumer-offset.ts';
import { searchOffsetByTimestamp } from '../../../src/protocol/command/search-offset-by-timestamp.ts';
import { updateConsumerOffset } from '../../../src/protocol/command/update-consumer-offset.ts';
import { BrokerWorld, type TestClient } from '../broker-world.ts';

const PLACE = { consumerGroup: 'group', topic: 'Topic', queueId: 0 };

function offsetOf(client: TestClient): Promise<string | undefined> {
  return client
    .ask(queryConsumerOffset, PLACE)
    .then(({ code, extFields }) => (code === 0 ? extFields['offset'] : `code ${code}`));
}

test('an offset that was answered survives a crash of the process', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x');
  expect((await client.ask(updateConsumerOffset, { ...PLACE, commitOffset: 7 })).code).toBe(0);
  await world.startAgain();
  expect(await offsetOf(world.client())).toBe('7');
});

test('a oneway offset is visible at once, also a lower one', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x');
  for (const commitOffset of [7, 3]) {
    client.oneway(updateConsumerOffset, { ...PLACE, commitOffset });
    await world.world.run(5);
    expect(await offsetOf(client)).toBe(String(commitOffset));
  }
  await world.restart();
  expect(await offsetOf(world.client())).toBe('3');
});

test('the offset that rides on a pull is kept', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x');
  await client.pull({ sysFlag: 5, commitOffset: 4 });
  expect(await offsetOf(client)).toBe('4');
});

test('a new group starts at 0 in a young log, unless it asks to be told', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x');
  expect(await offsetOf(client)).toBe('0');
  const answer = await client.ask(queryConsumerOffset, { ...PLACE, setZeroIfNotFound: false });
  expect(answer).toMatchObject({ code: 22, remark: expect.stringContaining('Not found') });
});

test('offsets of topics and queues that cannot be are refused', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x');
  const ask = async (fields: object): Promise<number> =>
    (await client.ask(updateConsumerOffset, { ...PLACE, commitOffset: 1, ...fields })).code;
  expect(await ask({ topic: 'None' })).toBe(17);
  expect(await ask({ consumerGroup: 'bad/name' })).toBe(26);
  expect(await ask({ queueId: 1_000_000 })).toBe(1);
  expect(await ask({ commitOffset: -1 })).toBe(1);
});

test('extent and times of a queue', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  const startMs = world.brokerPlatform.clock.nowMs();
  await client.send('a');
  await world.world.run(10_000);
  await client.send('b');
  const queue = { topic: 'Topic', queueId: 0 };
  expect((await client.ask(getMaxOffset, { ...queue, committed: true })).extFields).toEqual({ offset: '2' });
  expect((await client.ask(getMinOffset, queue)).extFields).toEqual({ offset: '0' });
  const search = async (timestamp: number, boundaryType: string): Promise<string | undefined> =>
    (await client.ask(searchOffsetByTimestamp, { ...queue, timestamp, boundaryType })).extFields['offset'];
  expect(await search(startMs + 5_000, 'LOWER')).toBe('1');
  expect(await search(startMs + 5_000, 'UPPER')).toBe('0');
  const earliest = Number((await client.ask(getEarliestStoreTime, queue)).extFields['timestamp']);
  expect(earliest - startMs).toBeLessThan(100);
  expect((await client.ask(getEarliestStoreTime, { topic: 'None', queueId: 0 })).extFields).toEqual({
    timestamp: '-1',
  });
});
