import { describe, expect, it } from 'vitest';
import { DledgerWorld } from './dledger-world.ts';

describe('members with different flush modes (raft/SAFETY.md 7)', () => {
  it('keeps what a SYNC_FLUSH member acknowledged from its page cache to an ASYNC_FLUSH leader', async () => {
    const group = await DledgerWorld.serving('flushDiskType=ASYNC_FLUSH');
    const producer = await group.producer();
    await group.world.settle(producer.send({ topic: 'T', body: 'first' }));
    await group.untilEqual();
    const { leader } = group;
    const [acker, late] = group.followers();
    for (const name of [acker!, late!]) {
      await group.stop(name);
      group.own.set(name, 'flushDiskType=SYNC_FLUSH');
      await group.start(name);
      await group.world.run(2_000);
      await group.untilEqual();
    }
    expect(group.leader).toBe(leader);
    await group.world.run(2_000);
    // Now one follower alone makes the majority with the leader, and loses its page cache.
    group.kill(late!);
    const sent = await group.world.settle(producer.send({ topic: 'T', body: 'acknowledged' }));
    expect(sent.status).toBe('SEND_OK');
    group.isolate(leader);
    group.kill(acker!, { machine: true });
    await group.start(late!);
    await group.start(acker!);
    expect(group.broker(acker!).status().inDoubt).toBe(true);
    await group.world.run(5_000);
    group.heal(leader);
    await group.untilServing();
    await group.untilEqual();
    const texts = (await group.readAll('T')).map(({ body }) => body.toString()).sort();
    expect(texts).toEqual(['acknowledged', 'first']);
  });
});
