import { expect, test } from 'vitest';
import { loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import { BrokerState } from '../../src/broker/state/broker-state.ts';
import { lockBatchRequest, lockBatchResponse } from '../../src/protocol/body/lock-batch.ts';
import { BodyError } from '../../src/protocol/body-error.ts';
import { decodeRecords } from '../../src/protocol/message/record-reader.ts';
import type { RemotingCommand } from '../../src/protocol/remoting-command.ts';
import { RequestCode } from '../../src/protocol/request-code.ts';
import { INTERNAL_TOPIC } from '../../src/store/internal-topic.ts';
import { GroupWorld } from './group-world.ts';

/** What a client asks about queues 0 and 1, and how that ends; `undefined` while nobody has answered. */
function ask(group: GroupWorld, code: number, clientId: string, ...queueIds: number[]) {
  const mqSet = queueIds.map((queueId) => ({ topic: 'T', brokerName: 'group-a', queueId }));
  const body = lockBatchRequest.encode({ consumerGroup: 'G', clientId, onlyThisBroker: false, mqSet });
  const answers: RemotingCommand[] = [];
  group.client().beginRaw(code, {}, answers, body);
  return () => {
    const [answer] = answers;
    if (answer === undefined || answer.code !== 0) return answer?.code;
    const locked = lockBatchResponse.decode(answer.body);
    return locked instanceof BodyError ? 'unlocked' : locked.lockOKMQSet.map(({ queueId }) => queueId);
  };
}
const lock = (group: GroupWorld, clientId: string, ...queueIds: number[]) =>
  ask(group, RequestCode.LOCK_BATCH_MQ, clientId, ...queueIds);
const unlock = (group: GroupWorld, clientId: string, ...queueIds: number[]) =>
  ask(group, RequestCode.UNLOCK_BATCH_MQ, clientId, ...queueIds);

function internalBodies({ log }: GroupWorld): string[] {
  const records = decodeRecords(log.bytes.subarray(0, log.endPosition));
  if (typeof records === 'string') throw new Error(records);
  return records.filter(({ topic }) => topic === INTERNAL_TOPIC).map(({ body }) => body.toString());
}

test('a lock that changes its owner is answered when it is confirmed; one that is renewed is no record', async () => {
  const group = await GroupWorld.start();
  const first = lock(group, 'c1', 0, 1);
  await group.world.run(100);
  expect(first()).toBeUndefined();
  await group.confirm();
  expect(first()).toEqual([0, 1]);
  const written = ['{"owners":[["G","T","group-a",0,"c1"],["G","T","group-a",1,"c1"]]}'];
  for (let round = 0; round < 5; round++) {
    await group.world.run(20_000);
    const renewed = lock(group, 'c1', 0, 1);
    const other = lock(group, 'c2', 0, 1);
    await group.world.run(100);
    expect([renewed(), other()]).toEqual([[0, 1], []]);
  }
  expect(internalBodies(group)).toEqual(written);
  const given = unlock(group, 'c1', 1);
  await group.world.run(100);
  expect(given()).toBeUndefined();
  await group.confirm();
  expect(given()).not.toBeUndefined();
  const taken = lock(group, 'c2', 0, 1);
  await group.confirm();
  expect(taken()).toEqual([1]);
});

test('a renewal is answered beside a new lock that cannot be written, and one that may be lost is unknown', async () => {
  const group = await GroupWorld.start();
  lock(group, 'c1', 0);
  await group.confirm();
  group.log.refused = { status: 'disk-full', text: 'the disk of the leader is full; nothing was appended' };
  const both = lock(group, 'c1', 0, 1);
  const fresh = lock(group, 'c2', 1);
  await group.world.run(100);
  expect([both(), fresh()]).toEqual([[0], 14]);
  group.log.refused = undefined;
  const [lost, kept] = [lock(group, 'c2', 1), lock(group, 'c1', 0, 2)];
  await group.world.run(100);
  group.stepDown();
  await group.world.run(100);
  expect([lost(), kept()]).toEqual([1, [0]]);
});

test('who takes over keeps each lock for a minute from then on, and silence is a record at last', async () => {
  const group = await GroupWorld.start();
  lock(group, 'c1', 0, 1);
  await group.confirm();
  await group.world.run(50_000);
  group.stepDown();
  await group.world.run(1_000);
  group.mastership.set(true);
  await group.world.run(50_000);
  const early = [lock(group, 'c2', 0, 1), lock(group, 'c1', 1)];
  await group.world.run(100);
  expect(early.map((answer) => answer())).toEqual([[], [1]]);
  await group.world.run(25_000);
  await group.confirm();
  expect(internalBodies(group).slice(1)).toEqual(['{"owners":[["G","T","group-a",0,""]]}']);
  const late = lock(group, 'c2', 0, 1);
  await group.confirm();
  expect(late()).toEqual([0]);
});

test('owners stand in snapshots, and one from before they did has none', () => {
  const facts = { homeDirectory: '/home', hostName: 'broker', ipAddress: '10.0.0.1' };
  const newState = () =>
    new BrokerState(loadBrokerConfig('', facts).config, { topicRemovalAppended: () => {}, removeTopic: () => {} });
  const [state, copy, old] = [newState(), newState(), newState()];
  const owner = { group: 'G', topic: 'T', brokerName: 'b', queueId: 3, clientId: 'c' };
  const empty = state.hash();
  state.commit({ type: 'queue-lock', owners: [owner, { ...owner, queueId: 1 }] });
  for (const section of state.export()) expect(copy.importSection(section)).toBe(true);
  expect(copy.owners.committed()).toEqual([{ ...owner, queueId: 1 }, owner]);
  expect(copy.hash()).toBe(state.hash());
  expect(copy.hash()).not.toBe(empty);
  for (const section of state.export().filter(({ type }) => type < 16)) expect(old.importSection(section)).toBe(true);
  expect(old.owners.committed()).toEqual([]);
});
