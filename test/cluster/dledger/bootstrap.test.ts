import { describe, expect, it } from 'vitest';
import { doubtReasons } from '../../../cluster/raft-storage/hard-state-codec.ts';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

const KEY = 'bootstrapWithMajority=true\n';

function warnings(group: DledgerWorld, name: MemberName): string[] {
  return group.platform(name).logger.lines.flatMap(({ level, message }) => (level === 'warn' ? [message] : []));
}

const IN_VAIN = expect.stringContaining('bootstrapWithMajority=true has no effect any more');

describe('bootstrapWithMajority (raft/SAFETY.md 2)', () => {
  it('founds a group with a majority; the last member joins it', async () => {
    const group = await DledgerWorld.create(KEY);
    await group.start('n0');
    await group.start('n1');
    await group.untilServing();
    await group.sendAll(await group.producer(), 'T', 5);
    await group.start('n2');
    await group.untilEqual();
    await group.until(() => !group.broker('n2').status().inDoubt);
    expect(new Set(group.names.map((name) => group.broker(name).status().groupId)).size).toBe(1);
    for (const name of group.names) expect(warnings(group, name)).not.toContainEqual(IN_VAIN);
  });

  it('founds it also when the founders are started anew before anything was committed', async () => {
    const group = await DledgerWorld.create(KEY);
    const founders = ['n0', 'n1'] as const;
    for (const name of founders) await group.start(name);
    const hardState = (name: MemberName) => group.broker(name).parts.member.storage.hardState.record;
    while (!founders.every((name) => hardState(name).doubtReason === doubtReasons.founder)) await group.world.run(0.1);
    group.world.fabric.cut('n0', 'n1');
    await group.world.run(1_000);
    for (const name of founders) {
      expect(group.broker(name).status()).toMatchObject({ inDoubt: true, groupId: '' });
      group.kill(name);
    }
    group.world.fabric.healAll();
    for (const name of founders) await group.start(name);
    await group.untilServing();
    for (const name of founders) expect(warnings(group, name)).not.toContainEqual(IN_VAIN);
  });

  it('that is left in the configuration has no effect at later starts: two that lost what they had wait for the third', async () => {
    // Nothing but what the replication itself demands is fsynced.
    const group = await DledgerWorld.serving(`${KEY}flushIntervalCommitLog=3600000\n`);
    const sent = await group.sendAll(await group.producer(), 'T', 20);
    await group.untilEqual();
    for (const name of group.names) {
      group.kill(name, { machine: true, unsynced: name === 'n2' ? 'kept' : 'lost' });
    }
    await group.start('n0');
    await group.start('n1');
    for (const name of ['n0', 'n1'] as const) {
      expect(group.broker(name).status()).toMatchObject({ inDoubt: true, lastIndex: 1 });
      expect(warnings(group, name)).toContainEqual(IN_VAIN);
    }
    await group.world.run(20_000);
    expect(group.serving()).toEqual([]);
    await group.start('n2');
    await group.untilServing();
    const ids = (await group.readAll('T')).map(({ messageId }) => messageId);
    expect(ids.sort()).toEqual(sent.toSorted());
  });
});
