import { describe, expect, it } from 'vitest';
import { appendAlone, send } from './replica-load.ts';
import { ReplicaWorld } from './replica-world.ts';

describe('the SyncStateSet of a master (haMaxTimeSlaveNotCatchup)', () => {
  it('goes on without a slave that answers, but does not keep up, until it does (haMaxTimeSlaveNotCatchup)', async () => {
    const set = await ReplicaWorld.serving('haMaxTimeSlaveNotCatchup=2000');
    await send(set, 5, 'a');
    const from = set.world.nowMs;
    set.world.disk('b3').latencyMs = 15_000;
    expect(await send(set, 1, 'late')).toEqual([]);
    await set.until(() => set.set.brokerIds.length === 2);
    expect(set.world.nowMs - from).toBeLessThan(4_000);
    expect(await send(set, 20, 'b')).toHaveLength(20);
    const wishes = set.wishes.length;
    await set.world.run(10_000);
    expect([set.set.brokerIds, set.wishes.length]).toEqual([[1, 2], wishes]);
    expect(set.broker('b1').roles.replicas()).toHaveLength(2);
    set.world.disk('b3').latencyMs = 0;
    await set.until(() => set.set.brokerIds.length === 3);
    expect(await send(set, 5, 'c')).toHaveLength(5);
  });

  it('keeps slaves that are always a little behind a log that is written all the time', async () => {
    const set = await ReplicaWorld.serving('haMaxTimeSlaveNotCatchup=500');
    const wishes = set.wishes.length;
    set.world.fabric.latencyMs = 5;
    for (let ms = 0; ms < 3_000; ms++) {
      appendAlone(set, 'b1', 1);
      await set.world.run(1);
    }
    const behind = set.broker('b1').roles.replicas();
    expect(behind.every(({ lag }) => lag > 0)).toBe(true);
    expect(set.wishes).toHaveLength(wishes);
  });
});
