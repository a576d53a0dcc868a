import { beforeEach, describe, expect, test } from 'vitest';
import { QueueLocks } from '../../../src/broker/client-manager/queue-locks.ts';
import { type GroupQueue, type QueueOwner, QueueOwners } from '../../../src/broker/client-manager/queue-owners.ts';

const queue = (queueId: number): GroupQueue => ({ group: 'G', topic: 'T', brokerName: 'b', queueId });
const BOTH = [queue(0), queue(1)];

let owners: QueueOwners;
let locks: QueueLocks;
beforeEach(() => {
  owners = new QueueOwners();
  locks = new QueueLocks(owners);
});

const idsOf = (queues: readonly GroupQueue[]): number[] => queues.map(({ queueId }) => queueId);

/** Locks as the processor does; the change is confirmed at once unless the test does it later. */
function lock(clientId: string, nowMs: number, queues = BOTH, confirmed = true) {
  const { held, taken } = locks.lock(queues, clientId, nowMs);
  owners.stage(taken);
  locks.took(taken, nowMs);
  if (confirmed) owners.commit(taken);
  return { held: idsOf(held), taken: idsOf(taken) };
}

function change(changes: readonly QueueOwner[]): void {
  owners.stage(changes);
  owners.commit(changes);
}

test('what is taken is a change, what is renewed is none', () => {
  expect(lock('c1', 0)).toEqual({ held: [], taken: [0, 1] });
  expect(lock('c1', 20_000)).toEqual({ held: [0, 1], taken: [] });
  expect(lock('c2', 20_000)).toEqual({ held: [], taken: [] });
});

test('each group has locks of its own, and names may hold anything', () => {
  const odd = [
    { group: 'G', topic: 'a","b', brokerName: '', queueId: 0 },
    { group: 'G","a', topic: 'b', brokerName: '', queueId: 0 },
    { group: 'H', topic: 'T', brokerName: 'b', queueId: 0 },
  ];
  for (const [at, one] of odd.entries()) expect(lock(`c${at}`, 0, [one]).taken).toEqual([0]);
  expect(lock('c9', 0).taken).toEqual([0, 1]);
});

test('a lock that was not renewed for a minute is another client’s to take', () => {
  lock('c1', 0);
  lock('c1', 30_000, [queue(1)]);
  expect(lock('c2', 60_000).taken).toEqual([]);
  expect(lock('c2', 60_001)).toEqual({ held: [], taken: [0] });
  expect(lock('c1', 60_001)).toEqual({ held: [1], taken: [] });
});

test('an owner who is not confirmed yet is appended again, and does not hold it before', () => {
  expect(lock('c1', 0, BOTH, false).taken).toEqual([0, 1]);
  expect(lock('c1', 1, BOTH, false)).toEqual({ held: [], taken: [0, 1] });
  expect(lock('c2', 1).taken).toEqual([]);
  // Given back and taken again, with the first time confirmed: what comes in between may be all that a next master knows.
  owners.dropTail();
  lock('c1', 2);
  owners.stage(locks.unlock([queue(0)], 'c1'));
  expect(lock('c1', 3, [queue(0)], false).taken).toEqual([0]);
  expect(lock('c1', 4, [queue(0)], false)).toEqual({ held: [], taken: [0] });
});

test('only the owner gives a lock back', () => {
  lock('c1', 0);
  expect(locks.unlock(BOTH, 'c2')).toEqual([]);
  change(locks.unlock([queue(1), queue(5)], 'c1'));
  expect(lock('c2', 1).taken).toEqual([1]);
});

test('a step-down forgets what is not confirmed', () => {
  lock('c1', 0, [queue(0)]);
  lock('c1', 0, [queue(1)], false);
  owners.dropTail();
  locks.tookOver(10);
  expect(lock('c2', 11).taken).toEqual([1]);
});

test('whoever takes over takes each lock for just renewed', () => {
  lock('c1', 0);
  const next = new QueueLocks(owners);
  next.tookOver(100_000);
  expect(next.lock(BOTH, 'c2', 160_000)).toEqual({ held: [], taken: [] });
  expect(idsOf(next.lock([queue(0)], 'c1', 130_000).held)).toEqual([0]);
  expect(idsOf(next.lock(BOTH, 'c2', 160_001).taken)).toEqual([1]);
  // Also who led before, whatever it remembers.
  locks.tookOver(170_000);
  expect(locks.lock(BOTH, 'c2', 230_000).taken).toEqual([]);
});

describe('locks that have run out', () => {
  test('are forgotten once, and those that are renewed are not', () => {
    lock('c1', 0);
    lock('c1', 50_000, [queue(1)]);
    expect(locks.expire(60_000)).toEqual([]);
    const expired = locks.expire(60_001);
    expect(expired).toEqual([{ ...queue(0), clientId: '' }]);
    owners.stage(expired);
    expect(locks.expire(60_002)).toEqual([]);
    owners.commit(expired);
    expect(idsOf([...owners.all()])).toEqual([1]);
    expect(owners.committed()).toEqual([{ ...queue(1), clientId: 'c1' }]);
  });

  test('go some at a time', () => {
    lock(
      'c1',
      0,
      Array.from({ length: 1_500 }, (_, queueId) => queue(queueId)),
    );
    const first = locks.expire(70_000);
    change(first);
    const second = locks.expire(70_000);
    change(second);
    expect([first.length, second.length, owners.committed().length]).toEqual([1_000, 500, 0]);
  });
});
