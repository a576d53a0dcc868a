import { describe, expect, it } from 'vitest';
import type { MembersRequest } from '../../../raft/index.ts';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

/** Asks the leader for a change; undefined when it is committed, else why it is not. */
async function change(group: DledgerWorld, request: MembersRequest): Promise<string | undefined> {
  const { replica } = group.broker(group.leader).parts.group;
  return await group.world.settle(
    new Promise<string | undefined>((resolve) => replica.changeMembers(request, (refusal) => resolve(refusal))),
  );
}

const learner = (id: MemberName): MembersRequest => ({ kind: 'add-learner', id, address: `${id}:40911` });

async function send(group: DledgerWorld, count: number): Promise<string[]> {
  const producer = await group.producer();
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    ids.push((await group.world.settle(producer.send({ topic: 'Orders', body: `m${n}` }))).messageId);
  }
  return ids;
}

const voters = (group: DledgerWorld, name: MemberName) => group.broker(name).status().voters.join(' ');

/** A group with n3 as a learner that has everything. */
async function groupWithLearner(): Promise<DledgerWorld> {
  const group = await DledgerWorld.serving();
  await send(group, 20);
  group.addMachine('n3');
  await group.start('n3');
  expect(await change(group, learner('n3'))).toBeUndefined();
  await group.untilEqual();
  await group.until(() => !group.broker('n3').status().inDoubt);
  await group.world.run(300);
  return group;
}

/** n0, alone in its group, and n1, which is to join it. */
async function groupOfOne(): Promise<DledgerWorld> {
  const group = await DledgerWorld.create('dLegerPeers=n0-n0:40911');
  group.own.set('n1', 'dLegerPeers=n0-n0:40911;n1-n1:40911');
  await group.start('n0');
  await group.untilServing();
  await send(group, 20);
  await group.start('n1');
  expect(await change(group, learner('n1'))).toBeUndefined();
  return group;
}

/** A group with n3 as a voter, which n0, n1 and n2 do not have in their configuration. */
async function groupOfFour(): Promise<DledgerWorld> {
  const group = await groupWithLearner();
  expect(await change(group, { kind: 'promote', id: 'n3' })).toBeUndefined();
  await group.untilEqual();
  return group;
}

describe('members of a DLedger group', () => {
  it('takes an empty member in as a learner, makes it whole, and promotes it', async () => {
    const group = await groupOfFour();
    for (const name of group.names) expect(voters(group, name)).toBe('n0 n1 n2 n3');
    const [first, ...others] = group.names.map((name) => group.logBytes(name));
    await group.world.run(1_000);
    for (const other of others) expect(other.equals(first!)).toBe(true);
  });

  it('knows the members after a start, from the log and from a snapshot', async () => {
    const group = await groupOfFour();
    for (const name of group.names) group.kill(name);
    for (const name of group.names) await group.start(name);
    await group.untilServing();
    for (const name of group.names) expect(voters(group, name)).toBe('n0 n1 n2 n3');
    await send(group, 5);
    for (const name of group.names) await group.stop(name);
    for (const name of group.names) await group.start(name);
    await group.untilServing();
    for (const name of group.names) {
      expect(group.broker(name).status().snapshotIndex).toBeGreaterThan(0);
      expect(voters(group, name)).toBe('n0 n1 n2 n3');
    }
  });

  it('starts a member that its configuration does not name, if the log does: it rules who is one (raft/SAFETY.md 8)', async () => {
    const group = await groupOfFour();
    const others = 'dLegerPeers=n0-n0:40911;n1-n1:40911;n2-n2:40911';
    for (const stopped of ['killed', 'stopped with a snapshot']) {
      if (stopped === 'killed') group.kill('n3');
      else await group.stop('n3');
      await send(group, 3);
      group.own.set('n3', others);
      await group.start('n3');
      await group.untilEqual();
      expect(voters(group, 'n3')).toBe('n0 n1 n2 n3');
    }
    expect(group.fatal).toEqual([]);
    group.addMachine('n4');
    group.own.set('n4', others);
    await expect(group.start('n4')).rejects.toThrow(
      'dLegerSelfId=n4: it must be one of the members in dLegerPeers (n0, n1, n2). Correct one of the two',
    );
  });

  it('elects a member that another knows only from what it asks: a log that lacks the entry listens to a stranger', async () => {
    const group = await DledgerWorld.serving();
    const away = group.followers()[0]!;
    group.addMachine('n3');
    await group.start('n3');
    await send(group, 3);
    group.kill(away);
    expect(await change(group, learner('n3'))).toBeUndefined();
    await group.until(() => !group.broker('n3').status().inDoubt);
    await group.world.run(300);
    expect(await change(group, { kind: 'promote', id: 'n3' })).toBeUndefined();
    // Of the four voters the leader goes: the one that was away must take entries from n3 or the other, and vote.
    const leader = group.leader;
    await group.world.run(300);
    group.kill(leader);
    const other = group.names.find((name) => group.isRunning(name) && name !== 'n3')!;
    group.world.fabric.cut(other, away);
    await group.start(away);
    await group.untilServing();
    expect(group.leader).toBe('n3');
    group.world.fabric.heal(other, away);
    await group.untilEqual();
    expect(voters(group, away)).toBe('n0 n1 n2 n3');
  });

  it('removes a member that does not disturb the others any more, and takes it back', async () => {
    const group = await groupOfFour();
    const removed = group.followers().find((name) => name !== 'n3')!;
    const { term } = group.broker(group.leader).status();
    expect(await change(group, { kind: 'remove', id: removed })).toBeUndefined();
    await group.world.run(20_000);
    expect(group.broker(group.leader).status().term).toBe(term);
    expect(
      group
        .broker(removed)
        .status()
        .peers.every(({ connected }) => !connected),
    ).toBe(true);
    group.kill(removed);
    await group.start(removed);
    await group.world.run(20_000);
    expect(group.broker(group.leader).status().term).toBe(term);
    expect(await change(group, learner(removed))).toBeUndefined();
    await group.untilEqual();
    expect(group.broker(removed).status().learners).toEqual([removed]);
  });

  it('goes on when the leader removes itself', async () => {
    const group = await DledgerWorld.serving();
    await send(group, 10);
    const old = group.leader;
    expect(await change(group, { kind: 'remove', id: old })).toBeUndefined();
    const at = group.world.nowMs;
    await group.until(() => group.serving().some((name) => name !== old));
    expect(group.world.nowMs - at).toBeLessThan(1_500);
    await group.world.run(2_000);
    const sent = await send(group, 10);
    expect((await group.readAll('Orders')).map(({ messageId }) => messageId)).toEqual(expect.arrayContaining(sent));
    expect(group.serving()).not.toContain(old);
  });

  it('elects a leader after a power failure of all, though one that was promoted died before it knew (raft/SAFETY.md 2)', async () => {
    const group = await groupWithLearner();
    const promoted = change(group, { kind: 'promote', id: 'n3' });
    group.kill('n3');
    expect(await promoted).toBeUndefined();
    const sent = await send(group, 20);
    await group.untilEqual();
    for (const name of ['n0', 'n1', 'n2'] as const) group.kill(name, { machine: true, unsynced: 'kept' });
    for (const name of group.names) await group.start(name);
    await group.untilServing();
    const ids = (await group.readAll('Orders')).map(({ messageId }) => messageId);
    for (const id of sent) expect(ids).toContain(id);
    expect(voters(group, 'n3')).toBe('n0 n1 n2 n3');
  });

  it('serves again when the second of two voters, promoted and without power before it knew, is back (raft/SAFETY.md 2)', async () => {
    const group = await groupOfOne();
    const whole = () =>
      group
        .broker('n0')
        .status()
        .peers.every(({ inDoubt, lag }) => !inDoubt && lag === 0);
    await group.until(whole);
    const promoted = change(group, { kind: 'promote', id: 'n1' });
    group.kill('n1', { machine: true });
    await group.world.run(30_000);
    expect(group.serving()).toEqual([]);
    await group.start('n1');
    await group.untilServing();
    expect(await promoted).toBe('outcome unknown: this node leads no longer');
    expect(voters(group, 'n1')).toBe('n0 n1');
  });

  it('promotes nobody before it has said itself that its doubt is over: its process may end at any time', async () => {
    const group = await groupOfOne();
    const { replica } = group.broker('n0').parts.group;
    const isAsked = () => {
      let refusal: string | undefined;
      replica.changeMembers({ kind: 'promote', id: 'n1' }, (answer) => {
        refusal = answer;
      });
      return refusal === undefined;
    };
    while (!isAsked()) await group.world.run(0.2);
    expect(group.broker('n1').parts.member.storage.hardState.record.inDoubt).toBe(false);
    group.kill('n1');
    await group.world.run(3_000);
    await group.start('n1');
    await group.untilServing();
    expect(voters(group, 'n1')).toBe('n0 n1');
  });
});
