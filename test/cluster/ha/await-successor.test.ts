import { describe, expect, it } from 'vitest';
import { awaitSuccessor } from '../../../cluster/ha/await-successor.ts';
import type { ReplicaReport } from '../../../cluster/ha/replica-roles.ts';
import { VirtualWorld } from '../../support/virtual-platform.ts';

const END = 500;
const replica = (brokerId: number, priority: number, ackPosition = END): ReplicaReport => {
  return { brokerId, priority, ackPosition, address: '', lag: END - ackPosition, inSyncStateSet: true, learner: false };
};

/** Whom a master that leaves chooses, and after how many ms, where `later` is what it sees from a moment on. */
async function chosen(first: readonly ReplicaReport[], laterMs = 0, later = first) {
  const world = new VirtualWorld(1);
  const fromMs = world.nowMs;
  const answers: { successor: number | undefined; afterMs: number }[] = [];
  const seen = () => (world.nowMs - fromMs < laterMs ? first : later);
  awaitSuccessor(world.start('m'), END, seen, (successor) => {
    answers.push({ successor, afterMs: world.nowMs - fromMs });
  });
  await world.run(2_000);
  expect(answers).toHaveLength(1);
  return answers[0]!;
}

describe('awaitSuccessor', () => {
  it('takes at once whoever has everything, where nobody is preferred', async () => {
    expect(await chosen([replica(2, 9, 0), replica(3, 9)])).toEqual({ successor: 3, afterMs: 0 });
  });

  it('takes the lowest priority number of those that have everything (brokerElectionPriority)', async () => {
    expect(await chosen([replica(2, 5), replica(3, 1)])).toEqual({ successor: 3, afterMs: 0 });
  });

  it('waits for one that is preferred, but not for long', async () => {
    const behind = [replica(2, 5), replica(3, 1, 400)];
    expect((await chosen(behind, 50, [replica(2, 5), replica(3, 1)])).successor).toBe(3);
    const { successor, afterMs } = await chosen(behind);
    expect([successor, afterMs > 200, afterMs < 250]).toEqual([2, true, true]);
  });

  it('takes nobody outside the set, no learner, and nobody who lacks anything', async () => {
    const others = [
      { ...replica(2, 1), inSyncStateSet: false },
      { ...replica(3, 1), learner: true },
    ];
    expect(await chosen(others)).toEqual({ successor: undefined, afterMs: 0 });
    const { successor, afterMs } = await chosen([...others, replica(4, 9, 400)]);
    expect([successor, afterMs > 1_000]).toEqual([undefined, true]);
  });
});
