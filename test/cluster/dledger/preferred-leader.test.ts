import { describe, expect, it } from 'vitest';
import { PreferredLeader } from '../../../cluster/dledger/preferred-leader.ts';
import type { Replica } from '../../../raft/index.ts';
import { VirtualWorld } from '../../support/virtual-platform.ts';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

/** A group in which another member than the preferred one has just begun to lead. */
async function ledByAnother(): Promise<{ group: DledgerWorld; preferred: MemberName }> {
  const preferred = 'n2';
  const group = await DledgerWorld.serving(`preferredLeaderId=${preferred}`);
  if (group.leader === preferred) {
    await group.stop(preferred);
    await group.untilServing();
    await group.start(preferred);
    await group.untilEqual();
    await group.world.run(300_000 - 40_000);
    expect(group.leader).not.toBe(preferred);
  }
  return { group, preferred };
}

/** Virtual time until a member leads. */
async function msUntil(group: DledgerWorld, name: MemberName, limitMs: number): Promise<number> {
  const at = group.world.nowMs;
  await group.until(() => group.serving().join() === name, limitMs);
  return group.world.nowMs - at;
}

describe('preferredLeaderId', () => {
  it('gets leadership after 30 s without lag, and not again within 5 minutes', async () => {
    const { group, preferred } = await ledByAnother();
    await msUntil(group, preferred, 60_000);
    const since = group.world.nowMs;
    group.kill(preferred);
    await group.untilServing();
    await group.start(preferred);
    await msUntil(group, preferred, 400_000);
    expect(group.world.nowMs - since).toBeGreaterThan(299_000);
    expect(group.world.nowMs - since).toBeLessThan(310_000);
  });

  it('waits for 30 s that are not interrupted', async () => {
    const group = await DledgerWorld.serving('preferredLeaderId=n2');
    if (group.leader === 'n2') throw new Error('another seed is needed: n2 is not to lead first');
    await group.world.run(20_000);
    group.isolate('n2');
    await group.world.run(2_000);
    group.heal('n2');
    const ms = await msUntil(group, 'n2', 60_000);
    expect(ms).toBeGreaterThan(29_000);
    expect(ms).toBeLessThan(40_000);
  });

  it('is never one whose disk is slow', async () => {
    const group = await DledgerWorld.serving('preferredLeaderId=n2\nflushDiskType=SYNC_FLUSH');
    const disk = group.world.disk('n2');
    const producer = await group.producer();
    const end = group.world.nowMs + 60_000;
    while (group.world.nowMs < end) {
      // Every operation of the disk takes 1.5 s.
      disk.hold();
      for (let n = 0; n < 15; n++) {
        await group.world.settle(producer.send({ topic: 'Orders', body: 'x' }));
        await group.world.run(100);
      }
      disk.release();
      expect(group.leader).not.toBe('n2');
    }
  });

  it('waits for 30 s in which it says that it is well', () => {
    const { clock, timers, logger, world } = new VirtualWorld().start('n0');
    const begin = clock.monotonicMs();
    const nowMs = () => clock.monotonicMs() - begin;
    const peer = { id: 'n2', voter: true, connected: true, inDoubt: false, heard: true, state: 'replicate', match: 9 };
    const asked: number[] = [];
    const status = () => ({
      ...{ id: 'n0', leader: 'n0', role: 'leader', ready: true, commitIndex: 9, voters: ['n0', 'n1', 'n2'] },
      peers: [{ ...peer, unwell: nowMs() < 60_000 }],
    });
    const transferLeadership = () => asked.push(Math.round(nowMs() / 1_000));
    const replica = { status, transferLeadership } as unknown as Replica;
    const preferred = new PreferredLeader({ clock, timers, logger, replica, preferred: 'n2', syncFlush: false });
    preferred.start();
    world.advance(120_000);
    preferred.stop();
    expect(asked).toEqual([90]);
  });
});
