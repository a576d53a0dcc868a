import { describe, expect, it } from 'vitest';
import { DledgerWorld } from './dledger-world.ts';

describe('a slow disk', () => {
  it('makes the leader hand over within seconds, to a member whose disk is well', async () => {
    const group = await DledgerWorld.serving('flushDiskType=SYNC_FLUSH\n');
    const producer = await group.producer();
    const { leader } = group;
    const [slow, well] = group.followers();
    await group.world.settle(producer.send({ topic: 'T', body: 'a' }));
    // A disk that was slow a moment ago is no better one.
    group.world.disk(slow!).hold();
    await group.world.settle(producer.send({ topic: 'T', body: 'b' }));
    await group.world.run(1_000);
    group.world.disk(slow!).release();
    await group.world.run(200);
    group.world.disk(leader).hold();
    const began = group.world.nowMs;
    const pending = group.world.settle(producer.send({ topic: 'T', body: 'c' }));
    await pending;
    await group.until(() => group.serving().length === 1 && group.leader !== leader, 5_000);
    expect(group.leader).toBe(well);
    expect(group.world.nowMs - began).toBeLessThan(3_000);
    group.world.disk(leader).release();
    await group.untilEqual();
    expect(await group.readAll('T')).toHaveLength(3);
  });

  it('leaves leadership where it is while nobody is better', async () => {
    const group = await DledgerWorld.serving('flushDiskType=SYNC_FLUSH\n');
    const producer = await group.producer();
    const { leader } = group;
    const { term } = group.broker(leader).status();
    await group.world.settle(producer.send({ topic: 'T', body: 'a' }));
    for (const name of group.names) group.world.disk(name).hold();
    const pending = producer.send({ topic: 'T', body: 'b' }).catch(() => undefined);
    await group.world.run(2_500);
    expect(group.broker(leader).status()).toMatchObject({ role: 'leader', term, unwell: true });
    for (const name of group.names) group.world.disk(name).release();
    await group.world.settle(pending);
    expect(group.broker(leader).status()).toMatchObject({ role: 'leader', term });
  });

  it('of one follower delays no send', async () => {
    const group = await DledgerWorld.serving('flushDiskType=SYNC_FLUSH\n');
    const producer = await group.producer();
    const [slow] = group.followers();
    await group.world.settle(producer.send({ topic: 'T', body: 'a' }));
    const times = async (): Promise<number> => {
      let worst = 0;
      for (let i = 0; i < 50; i++) {
        const began = group.world.nowMs;
        await group.world.settle(producer.send({ topic: 'T', body: `${i}` }));
        worst = Math.max(worst, group.world.nowMs - began);
      }
      return worst;
    };
    const before = await times();
    group.world.disk(slow!).hold();
    const during = await times();
    group.world.disk(slow!).release();
    expect(during).toBeLessThanOrEqual(before + 2);
    await group.untilEqual();
  });
});
