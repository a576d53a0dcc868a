import { expect, test } from 'vitest';
import { resetOffsetBody } from '../../../src/protocol/body/reset-offset-body.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import { pullMessage } from '../../../src/protocol/command/pull-message.ts';
import { queryConsumerOffset } from '../../../src/protocol/command/query-consumer-offset.ts';
import { type ResetOffsetRequest, resetOffset } from '../../../src/protocol/command/reset-offset.ts';
import { updateConsumerOffset } from '../../../src/protocol/command/update-consumer-offset.ts';
import type { RemotingCommand } from '../../../src/protocol/remoting-command.ts';
import { BrokerWorld, pullHeader } from '../broker-world.ts';

const PLACE = { consumerGroup: 'group', topic: 'Topic', queueId: 0 };
const RESET: ResetOffsetRequest = { topic: 'Topic', group: 'group', queueId: -1, timestamp: 0, isForce: true };

async function withMessages(): Promise<BrokerWorld> {
  const world = await BrokerWorld.start();
  const client = world.client();
  for (const text of ['a', 'b', 'c']) await client.send(text);
  await client.ask(updateConsumerOffset, { ...PLACE, commitOffset: 3 });
  return world;
}

async function storedOffset(world: BrokerWorld): Promise<string | undefined> {
  return (await world.client().ask(queryConsumerOffset, PLACE)).extFields['offset'];
}

test('a group is moved to a time: its stored offsets at once, its consumers by their next pull', async () => {
  const world = await withMessages();
  const client = world.client();
  const waiting: RemotingCommand[] = [];
  const header = pullHeader({ queueOffset: 3, sysFlag: 6, suspendTimeoutMillis: 15_000 });
  client.begin(pullMessage, header, waiting);
  await world.world.run(10);
  const answer = await client.ask(resetOffset, RESET);
  const body = resetOffsetBody.decode(answer.body);
  if (body instanceof BodyError) throw body;
  expect(body.offsetTable).toHaveLength(4);
  expect(body.offsetTable[0]).toEqual([{ brokerName: 'broker-a', queueId: 0, topic: 'Topic' }, 0]);
  await world.world.run(10);
  expect(waiting).toMatchObject([{ code: 21, remark: 'OFFSET_RESET', extFields: { nextBeginOffset: '0' } }]);
  expect(await storedOffset(world)).toBe('0');
});

test('what a consumer reports before it was moved is not taken', async () => {
  const world = await withMessages();
  const client = world.client();
  await client.ask(resetOffset, { ...RESET, queueId: 0, offset: 1 });
  const ignored = await client.ask(updateConsumerOffset, { ...PLACE, commitOffset: 3 });
  expect(ignored).toMatchObject({ code: 0, remark: 'Offset has been previously reset' });
  expect(await storedOffset(world)).toBe('1');
  const moved = await client.pull({ queueOffset: 3, sysFlag: 5, commitOffset: 3 });
  expect(moved).toMatchObject({ code: 21, extFields: { nextBeginOffset: '1' } });
  await client.ask(updateConsumerOffset, { ...PLACE, commitOffset: 2 });
  expect(await storedOffset(world)).toBe('2');
});

test('a consumer that starts after the reset is where it should be, and is not moved', async () => {
  const world = await withMessages();
  const client = world.client();
  await client.ask(resetOffset, { ...RESET, queueId: 0, offset: 1 });
  expect((await client.pull({ queueOffset: 1 })).code).toBe(0);
  await client.ask(updateConsumerOffset, { ...PLACE, commitOffset: 3 });
  expect(await storedOffset(world)).toBe('3');
});

test('without force a group only moves back; to -1 it moves to the end', async () => {
  const world = await withMessages();
  const client = world.client();
  await client.ask(updateConsumerOffset, { ...PLACE, commitOffset: 1 });
  const later = world.brokerPlatform.clock.nowMs() + 1_000;
  await client.ask(resetOffset, { ...RESET, timestamp: later, isForce: false });
  expect(await storedOffset(world)).toBe('1');
  await client.ask(resetOffset, { ...RESET, timestamp: -1 });
  expect(await storedOffset(world)).toBe('3');
});

test.each([
  [{ topic: 'None' }, 17, 'Topic None does not exist'],
  [{ group: 'none' }, 26, 'Group none does not exist'],
  [{ queueId: 0, offset: 9 }, 1, 'offset 9 of queue 0 is not between 0 and 3'],
  [{ queueId: 7 }, 1, 'topic Topic has no such queue'],
])('%o is refused', async (fields, code, remark) => {
  const world = await withMessages();
  expect(await world.client().ask(resetOffset, { ...RESET, ...fields })).toMatchObject({ code, remark });
});
