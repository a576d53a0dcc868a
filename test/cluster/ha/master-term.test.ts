import { describe, expect, it } from 'vitest';
import { send, TOPIC } from './replica-load.ts';
import { ReplicaWorld } from './replica-world.ts';
import { sendUnwaited } from './send-unwaited.ts';

const bodies = async (set: ReplicaWorld) => (await set.readAll(TOPIC)).map(({ body }) => body.toString()).sort();

describe('a master of Controller mode', () => {
  it('appends nothing while fewer than minInSyncReplicas are in the set, and says so', async () => {
    const set = await ReplicaWorld.create('minInSyncReplicas=2');
    for (const name of ['b1', 'b2'] as const) await set.start(name);
    await set.elect('b1');
    await set.until(() => set.set.brokerIds.length === 2);
    const sent = await send(set, 3, 'two');
    set.kill('b2');
    await set.until(() => set.set.brokerIds.length === 1);
    const { log } = set.broker('b1').parts;
    const end = log.endPosition;
    const refused = await sendUnwaited(set, TOPIC);
    expect([refused.code, refused.remark]).toEqual([14, expect.stringContaining('1 of minInSyncReplicas=2')]);
    expect(log.endPosition).toBe(end);
    await set.back('b2');
    await set.until(() => set.set.brokerIds.length === 2);
    sent.push(...(await send(set, 3, 'again')));
    expect([sent.length, await bodies(set)]).toEqual([6, sent.toSorted()]);
  });

  it('has what it found in its log on the disk before its epoch begins, whatever the power does', async () => {
    const set = await ReplicaWorld.serving('flushIntervalCommitLog=60000');
    const acknowledged = await send(set, 20, 'a');
    await set.untilEqual();
    set.kill('b1');
    const { log } = set.broker('b2').parts;
    expect(log.syncedPosition).toBeLessThan(log.endPosition);
    await set.elect('b2');
    const epochs = set.broker('b2').roles.epochs();
    set.kill('b2', { machine: true });
    await set.start('b2');
    expect(set.broker('b2').roles.epochs()).toEqual(epochs);
    await set.elect('b2');
    expect(await bodies(set)).toEqual(acknowledged.toSorted());
  });
});
