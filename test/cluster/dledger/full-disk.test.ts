import { describe, expect, it } from 'vitest';
import type { SendError } from '../../../src/client/errors.ts';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

const MIB = 2 ** 20;

/** Leaves so many bytes of room on a member's disk. */
function leave(group: DledgerWorld, name: MemberName, freeBytes: number): void {
  const disk = group.world.disk(name);
  disk.capacityBytes = disk.allocatedBytes + freeBytes;
}

function freeAll(group: DledgerWorld): void {
  for (const name of group.names) group.world.disk(name).capacityBytes = Number.POSITIVE_INFINITY;
}

describe('a full disk', () => {
  it.each([
    ['the leader', 10 * MIB],
    ['the leader', 0],
    ['all members', 10 * MIB],
    ['all members', 0],
  ])(
    'of %s with %d bytes left refuses sends, not reads, and takes sends again when there is room',
    async (who, left) => {
      const group = await DledgerWorld.serving();
      const producer = await group.producer();
      for (let i = 0; i < 20; i++) await group.world.settle(producer.send({ topic: 'T', body: `${i}` }));
      await group.untilEqual();
      const files = group.names.map((name) => group.logBytes(name).length);
      for (const name of who === 'the leader' ? [group.leader] : group.names) leave(group, name, left);
      await group.world.run(1_500);
      const refused = await group.world.settle(
        producer.send({ topic: 'T', body: 'refused' }, { timeoutMs: 1_000 }).then(
          () => undefined,
          (error: SendError) => error,
        ),
      );
      expect(refused).toMatchObject({ retryable: true, outcome: 'not-stored', responseCode: 14 });
      expect(refused?.message).toContain('is full');
      expect(await group.readAll('T')).toHaveLength(20);
      freeAll(group);
      const began = group.world.nowMs;
      await group.world.settle(producer.send({ topic: 'T', body: 'again' }));
      expect(group.world.nowMs - began).toBeLessThan(3_000);
      expect(await group.readAll('T')).toHaveLength(21);
      expect(group.names.map((name) => group.logBytes(name).length)).toEqual(files);
      expect(group.fatal).toEqual([]);
    },
  );

  it('of one follower delays nothing, and it comes up again', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const [follower] = group.followers();
    leave(group, follower!, 0);
    for (let i = 0; i < 200; i++) {
      await group.world.settle(producer.send({ topic: 'T', body: `${i}`.padEnd(2_000, '.') }));
    }
    freeAll(group);
    await group.untilEqual();
    expect(group.logBytes(follower!).equals(group.logBytes(group.leader))).toBe(true);
  });

  it('does not keep a new leader from its first entry: 16 MiB are kept for that', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    await group.world.settle(producer.send({ topic: 'T', body: 'a' }));
    await group.untilEqual();
    for (const name of group.names) leave(group, name, 10 * MIB);
    group.kill(group.leader);
    await group.untilServing();
    expect(await group.readAll('T')).toHaveLength(1);
  });
});
