import { describe, expect, it } from 'vitest';
import { RecordReader } from '../../../src/protocol/message/record-reader.ts';
import { INTERNAL_TOPIC } from '../../../src/store/internal-topic.ts';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

/** Queue offsets of the internal records in a member's log, and the store times of all records. */
function recordsOf(group: DledgerWorld, name: MemberName): { internal: number[]; storedMs: number[] } {
  const { log } = group.broker(name).parts.member.storage;
  const found = { internal: [] as number[], storedMs: [] as number[] };
  const reader = new RecordReader();
  log.forEachEntry(1, log.lastIndex, (buffer, offset, length) => {
    reader.open(buffer, offset, offset + length);
    found.storedMs.push(reader.storeTimestamp);
    if (reader.topic === INTERNAL_TOPIC) found.internal.push(reader.queueOffset);
  });
  return found;
}

/** A leader with the entries of a new topic at its tail, of which it does not hear that anybody has them. */
async function withTail(cut: (group: DledgerWorld, follower: MemberName) => void) {
  const group = await DledgerWorld.serving();
  const producer = await group.producer();
  await group.sendAll(producer, 'T', 1);
  await group.untilEqual();
  const { leader } = group;
  const followers = group.followers();
  for (const name of followers) cut(group, name);
  // A clock that is ahead.
  group.platform(leader).clock.wallOffsetMs += 60_000;
  const { lastIndex } = group.broker(leader).status();
  const sent = producer.send({ topic: 'New', body: 'a' });
  await group.until(() => group.broker(leader).status().lastIndex > lastIndex);
  await group.world.run(20);
  const { state } = group.broker(leader).parts.data;
  expect(state.topics.get('New')).toBeDefined();
  return { group, leader, followers, lastIndex, sent, state };
}

describe('the tail of the log (raft/SAFETY.md 5)', () => {
  it('counts for the first entry of the next leader, though nobody knows that it is committed', async () => {
    const { group, leader, followers, lastIndex, sent } = await withTail(({ world, leader: to }, from) =>
      world.fabric.cutOneWay(from, to),
    );
    for (const name of followers) {
      const status = group.broker(name).status();
      expect(status.commitIndex).toBe(lastIndex);
      expect(status.lastIndex).toBeGreaterThan(lastIndex);
    }
    group.kill(leader);
    group.world.fabric.healAll();
    await group.world.settle(sent);
    await group.untilEqual();
    const { internal, storedMs } = recordsOf(group, group.leader);
    expect(internal).toEqual(internal.map((_, offset) => offset));
    expect(storedMs).toEqual(storedMs.toSorted((a, b) => a - b));
  });

  it('is forgotten by a leader that steps down, and gone where nobody else had it', async () => {
    const { group, leader, sent, state } = await withTail(({ world, leader: from }, to) => world.fabric.cut(from, to));
    await group.until(() => group.broker(leader).status().role !== 'leader');
    expect(state.topics.get('New')).toBeUndefined();
    await group.world.settle(sent);
    group.heal(leader);
    await group.untilEqual();
    const states = group.names.map((name) => group.broker(name).parts.data.state.hash());
    expect(new Set(states).size).toBe(1);
    expect(state.topics.get('New')).toBeDefined();
  });
});
