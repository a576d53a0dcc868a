import { describe, expect, it } from 'vitest';
import { type Candidate, SyncStateTracker } from '../../../cluster/ha/sync-state-tracker.ts';

const MAX_LAG_MS = 1_000;

function trackerOf(...brokerIds: number[]): SyncStateTracker {
  return new SyncStateTracker({ selfId: 1, set: { brokerIds, setEpoch: 5 }, nowMs: 0, maxLagMs: MAX_LAG_MS });
}

/** What a master asks with: what consumers may see ends where the last required member does. */
function ask(tracker: SyncStateTracker, nowMs: number, endPosition: number, slaves: readonly Candidate[]) {
  const acks = slaves.filter(({ brokerId }) => tracker.required.has(brokerId)).map(({ ackPosition }) => ackPosition);
  const confirmPosition = Math.min(endPosition, ...acks);
  const set = tracker.propose({ nowMs, endPosition, slaves, confirmPosition, epochStart: 0 });
  return set?.brokerIds;
}

const slave = (brokerId: number, ackPosition: number, caughtUpMs: number): Candidate => {
  return { brokerId, ackPosition, caughtUpMs, learner: false };
};

describe('SyncStateTracker', () => {
  it('proposes to drop a member that is late, though its place is the confirm position', () => {
    const tracker = trackerOf(1, 2, 3);
    const slaves = [slave(2, 900, 2_000), slave(3, 400, 900)];
    expect(ask(tracker, 1_900, 900, slaves)).toBeUndefined();
    expect(ask(tracker, 1_901, 900, slaves)).toEqual([1, 2]);
    // Until the answer it may be in force or not (raft/SAFETY.md 10).
    expect([...tracker.required]).toEqual([1, 2, 3]);
    tracker.answered();
    expect(ask(tracker, 2_000, 900, slaves)).toEqual([1, 2]);
    tracker.decide({ brokerIds: [1, 2], setEpoch: 6 });
    expect([...tracker.required]).toEqual([1, 2]);
  });

  it('takes it back when it has what all others have, and not before', () => {
    const tracker = trackerOf(1, 2);
    expect(ask(tracker, 2_000, 900, [slave(2, 400, 900)])).toEqual([1]);
    tracker.decide({ brokerIds: [1], setEpoch: 6 });
    expect(ask(tracker, 2_100, 900, [slave(2, 800, 900)])).toBeUndefined();
    // Not late any more, and yet not there.
    expect(ask(tracker, 2_200, 1_000, [slave(2, 900, 2_100)])).toBeUndefined();
    expect(ask(tracker, 2_300, 1_000, [slave(2, 1_000, 2_300)])).toEqual([1, 2]);
  });

  it('goes on dropping one that left while the answer does not come, and not when it is back', () => {
    const tracker = trackerOf(1, 2);
    tracker.left(2);
    expect(ask(tracker, 10, 900, [])).toEqual([1]);
    tracker.answered();
    expect(ask(tracker, 20, 900, [])).toEqual([1]);
    tracker.answered();
    expect(ask(tracker, 30, 900, [slave(2, 900, 30)])).toBeUndefined();
    expect(ask(tracker, 40, 900, [])).toBeUndefined();
  });

  it('drops nobody who has everything, however long ago that was said', () => {
    const tracker = trackerOf(1, 2);
    expect(ask(tracker, 60_000, 900, [slave(2, 900, 0)])).toBeUndefined();
  });
});
