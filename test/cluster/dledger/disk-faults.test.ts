import { describe, expect, it } from 'vitest';
import { DledgerWorld } from './dledger-world.ts';

describe('a disk that fails', () => {
  it('stops the member when a snapshot cannot be synced, and the group goes on (raft/SAFETY.md 3)', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const [follower, other] = group.followers();
    await group.world.settle(producer.send({ topic: 'T', body: 'a' }));
    group.world.disk(follower!).fail({ operation: 'sync', code: 'EIO', path: 'consumequeue' });
    await group.world.run(90_000);
    expect(group.fatal).toEqual([expect.stringContaining(follower!)]);
    expect(group.isRunning(follower!)).toBe(false);
    await group.world.settle(producer.send({ topic: 'T', body: 'b' }));
    expect(await group.readAll('T')).toHaveLength(2);
    expect(group.isRunning(other!)).toBe(true);
  });

  it('stops the member when its log cannot be synced, and the group goes on', async () => {
    const group = await DledgerWorld.serving();
    const producer = await group.producer();
    const { leader } = group;
    await group.world.settle(producer.send({ topic: 'T', body: 'a' }));
    group.world.disk(leader).fail({ operation: 'sync', code: 'EIO', path: '/data/' });
    await group.world.settle(producer.send({ topic: 'T', body: 'b' }));
    await group.until(() => group.fatal.length > 0);
    await group.untilServing();
    expect(group.leader).not.toBe(leader);
    await group.world.settle(producer.send({ topic: 'T', body: 'c' }));
    expect(await group.readAll('T')).toHaveLength(3);
    await group.start(leader);
    expect(group.broker(leader).status().inDoubt).toBe(true);
    await group.until(() => !group.broker(leader).status().inDoubt);
  });
});
