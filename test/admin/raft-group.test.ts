import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DledgerWorld, type MemberName } from '../cluster/dledger/dledger-world.ts';
import { run } from './replay-world.ts';

let group: DledgerWorld;
beforeEach(async () => {
  group = await DledgerWorld.serving();
});
afterEach(() => {
  expect(group.fatal).toEqual([]);
});

const at = (name: MemberName) => ['-b', `${group.ip(name)}:30911`];

async function admin(...argv: string[]) {
  const { exitCode, printed, errors } = await run(group.world, group.client, argv, 'ns:9876');
  return { exitCode, printed, errors };
}

const rowsOf = (printed: string) =>
  printed
    .trim()
    .split('\n')
    .slice(3)
    .map((line) => line.trim().split(/\s+/));

describe('raftGroup', () => {
  test('shows what the leader knows, whoever is asked', async () => {
    const { leader } = group;
    const [follower] = group.followers();
    const shown = await admin('raftGroup', ...at(follower!));
    expect(shown).toMatchObject({ exitCode: 0, errors: '' });
    const { groupId, term, commitIndex } = group.broker(leader).status();
    expect(shown.printed.split('\n').slice(0, 2)).toEqual([
      `group g  id ${groupId}  members by entry 1`,
      expect.stringMatching(new RegExp(`^term ${term}  leader ${leader}  committed ${commitIndex} `)),
    ]);
    const rows = rowsOf(shown.printed);
    expect(rows.map((row) => row[0])).toEqual(['n0', 'n1', 'n2']);
    expect(rows.map((row) => row[1]).sort()).toEqual(['leader', 'voter', 'voter']);
    expect(rows.filter((row) => row[2] === 'replicate')).toHaveLength(2);
    expect(rows.map((row) => row.at(-1))).toEqual(['n0:40911', 'n1:40911', 'n2:40911']);
    expect(await admin('raftGroup', '-c', 'DefaultCluster')).toEqual(shown);
  });

  test('says on every member that messages may be lost since all lost their power at once, and nothing of a founding (raft/SAFETY.md 2)', async () => {
    const lossOf = async (name: MemberName) =>
      (await admin('raftGroup', ...at(name))).printed.match(/^.*may be lost$/m);
    for (const name of group.names) {
      expect(group.broker(name).status().elections.inDoubt).toBe(0);
      expect(await lossOf(name)).toBeNull();
    }
    const before = group.broker(group.leader).status().term;
    for (const name of group.names) group.kill(name, { machine: true });
    for (const name of group.names) await group.start(name);
    const leader = await group.untilServing();
    const { term } = group.broker(leader).status();
    expect(term).toBeGreaterThan(before);
    const said = new RegExp(
      `^${leader} was elected in term ${term}, at \\S+ \\S+, while fewer than a majority of the members were free of doubt: `,
    );
    for (const name of group.names) {
      expect(group.broker(name).status().elections.inDoubt).toBe(1);
      expect((await lossOf(name))?.[0]).toMatch(said);
    }
    // Whoever leads next, it is not forgotten.
    group.kill(leader);
    const next = await group.untilServing();
    expect((await lossOf(next))?.[0]).toMatch(said);
  });

  test('says that nobody leads', async () => {
    const [one, other] = group.followers();
    group.kill(group.leader);
    group.kill(other!);
    await group.world.run(3_000);
    const { exitCode, errors, printed } = await admin('raftGroup', ...at(one!));
    expect([exitCode, errors]).toEqual([
      1,
      `raftGroup: ${one} knows no leader of group g; this is what it knows itself.\n`,
    ]);
    expect(rowsOf(printed).filter((row) => row[2] === 'away')).toHaveLength(2);
  });
});

test('leadership goes where the operator wants it, through any member', async () => {
  const [next, other] = group.followers();
  expect(await admin('transferLeadership', ...at(other!), '-m', next!)).toEqual({
    exitCode: 0,
    printed: `${next} leads.\n`,
    errors: '',
  });
  await group.until(() => group.serving().join() === next);
  const refused = await admin('transferLeadership', ...at(other!), '-m', 'n9');
  expect(refused).toMatchObject({ exitCode: 1, printed: '' });
  expect(refused.errors).toContain('leadership was not handed to n9: n9 is not a member');
  expect(group.leader).toBe(next);
});

test('leadership stays, with success, where it is asked for', async () => {
  const { leader } = group;
  const { term } = group.broker(leader).status();
  for (const asked of [leader, group.followers()[0]!]) {
    expect(await admin('transferLeadership', ...at(asked), '-m', leader)).toEqual({
      exitCode: 0,
      printed: `${leader} leads.\n`,
      errors: '',
    });
  }
  expect(group.broker(leader).status()).toMatchObject({ term, role: 'leader' });
});

test('a member is added, promoted, and takes the place of another', async () => {
  group.addMachine('n3');
  await group.start('n3');
  const [asked] = group.followers();
  const to = at(asked!);
  expect(await admin('promoteMember', ...to, '-m', 'n3')).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining('nothing was changed: n3 is no learner'),
  });
  expect(await admin('addMember', ...to, '-m', 'n3', '-a', 'n3:40911')).toMatchObject({ exitCode: 0, errors: '' });
  await group.until(() => !group.broker('n3').status().inDoubt);
  await group.world.run(500);
  const rows = rowsOf((await admin('raftGroup', ...to)).printed);
  expect(rows.find(([id]) => id === 'n3')).toEqual(
    expect.arrayContaining(['n3', 'learner', 'replicate', 'no', '0', 'n3:40911']),
  );
  const gone = group.followers().find((name) => name !== 'n3')!;
  const replaced = await admin('replaceMember', ...at(group.leader), '-m', gone, '-w', 'n3');
  expect(replaced).toEqual({
    exitCode: 0,
    errors: '',
    printed: `n3 is a voter now, and ${gone} no member any more.\n`,
  });
  expect(group.broker(group.leader).status().voters).not.toContain(gone);
  expect(group.broker(group.leader).status().voters).toContain('n3');
});

test.each([
  ['an id that is none', ['-m', 'x', '-a', 'x:1'], '"x" is no id of a member'],
  ['an address that is none', ['-m', 'n3', '-a', 'nowhere'], '"nowhere" is no address host:port'],
  ['the address of another', ['-m', 'n3', '-a', 'n1:40911'], 'n1:40911 is the address of n1'],
  ['a member that is there', ['-m', 'n1', '-a', 'n1:40911'], 'n1 is a member already'],
  [
    'an address where nothing listens',
    ['-m', 'n3', '-a', 'n1:40999'],
    'no member answers at n1:40999: start n3 there first, with this group in its dLegerPeers',
  ],
  ['an address where something else listens', ['-m', 'n3', '-a', 'n1:30911'], 'no member answers at n1:30911'],
])('addMember refuses with one sentence and changes nothing: %s', async (_what, argv, text) => {
  const before = group.broker(group.leader).status();
  const { exitCode, errors } = await admin('addMember', ...at(group.leader), ...argv);
  expect(exitCode).toBe(1);
  expect(errors).toContain(`nothing was changed: ${text}`);
  const { voters, learners, lastIndex } = group.broker(group.leader).status();
  expect({ voters, learners, lastIndex }).toEqual({
    voters: before.voters,
    learners: before.learners,
    lastIndex: before.lastIndex,
  });
});

test("a member is not added under another's id, and not by an address that only seems to be another", async () => {
  group.addMachine('n3');
  await group.start('n3');
  const to = at(group.leader);
  const before = group.broker(group.leader).status().lastIndex;
  expect(await admin('addMember', ...to, '-m', 'n4', '-a', 'n3:40911')).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining(
      `nothing was changed: the member at n3:40911 refuses: ${group.leader} dialed n4 and reached n3`,
    ),
  });
  const alias = `${group.ip('n1')}:40911`;
  expect(await admin('addMember', ...to, '-m', 'n4', '-a', alias)).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining(
      `nothing was changed: the member at ${alias} refuses: ${group.leader} dialed n4 and reached n1`,
    ),
  });
  expect(group.broker(group.leader).status().lastIndex).toBe(before);
});

test('the last members at work are not given away', async () => {
  const [one, other] = group.followers();
  group.kill(other!);
  await group.world.run(1_000);
  const { exitCode, errors } = await admin('removeMember', ...at(group.leader), '-m', one!);
  expect(exitCode).toBe(1);
  expect(errors).toContain('of the 2 voters then only 1 would be at work, and 2 decide');
});

test('a group that waits for a lost voter goes on without it when an operator gives it up, and says what that may cost', async () => {
  const names: MemberName[] = ['n0', 'n1', 'n2'];
  for (const name of names) group.kill(name, { machine: true });
  const left: MemberName[] = ['n0', 'n1'];
  for (const name of left) await group.start(name);
  await group.world.run(10_000);
  expect(group.serving()).toEqual([]);
  const give = (name: MemberName, lost: string) => admin('giveUpMember', ...at(name), '-m', lost, '--acceptLoss');
  expect(await admin('giveUpMember', ...at('n0'), '-m', 'n2')).toMatchObject({ exitCode: 2 });
  expect(await give('n0', 'n1')).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining('n1 was not given up: n1 is connected'),
  });
  for (const name of left) expect(await give(name, 'n2')).toMatchObject({ exitCode: 0, errors: '' });
  const leader = await group.untilServing();
  expect(await admin('giveUpMember', ...at(leader), '-m', 'n2', '--acceptLoss')).toMatchObject({
    exitCode: 1,
    errors: expect.stringContaining('remove n2 from the group instead'),
  });
  await group.until(() => left.every((name) => !group.broker(name).status().inDoubt));
  expect(await admin('removeMember', ...at(leader), '-m', 'n2')).toMatchObject({ exitCode: 0, errors: '' });
});
