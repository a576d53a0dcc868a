import { expect, test } from 'vitest';
import { RoleHistory } from '../../../cluster/dledger/role-history.ts';
import type { RoleChange } from '../../../raft/index.ts';

function change(role: RoleChange['role'], term: number, leader?: string): RoleChange {
  return { role, term, leader, reason: `${role} ${term}`, votes: [], leaderlessMs: 5, inDoubtElection: false };
}

function historyOf(...changes: RoleChange[]): RoleHistory {
  let nowMs = 0;
  const history = new RoleHistory({ nowMs: () => ++nowMs, monotonicMs: () => 0, localHour: () => 0 });
  for (const each of changes) history.add(each, false);
  return history;
}

test('an election that is won counts once as stood and once as won, and makes a new leader known', () => {
  const history = historyOf(
    change('follower', 1),
    change('pre-candidate', 1),
    change('candidate', 2),
    change('leader', 2, 'n0'),
  );
  expect(history.elections).toEqual({ stood: 1, won: 1, leaders: 1, inDoubt: 0 });
  expect(history.records.at(-1)).toEqual({
    atMs: 4,
    role: 'leader',
    term: 2,
    leader: 'n0',
    reason: 'leader 2',
    votes: [],
    leaderlessMs: 5,
  });
});

test('a leader at once, as a member alone, has stood too; a lost election is not won', () => {
  expect(historyOf(change('leader', 1, 'n0')).elections).toEqual({ stood: 1, won: 1, leaders: 1, inDoubt: 0 });
  const lost = historyOf(change('candidate', 2), change('candidate', 3), change('follower', 3, 'n1'));
  expect(lost.elections).toEqual({ stood: 2, won: 0, leaders: 1, inDoubt: 0 });
});

test('the same leader counts again in a new term only', () => {
  const history = historyOf(
    change('follower', 2, 'n1'),
    change('follower', 2),
    change('follower', 2, 'n1'),
    change('follower', 3, 'n1'),
  );
  expect(history.elections.leaders).toBe(2);
});

test('only the last changes are kept', () => {
  const history = historyOf(...Array.from({ length: 50 }, (_, term) => change('follower', term)));
  expect(history.records).toHaveLength(32);
  expect(history.records[0]?.term).toBe(18);
});

test('an election in doubt counts once in its term, for who won it and for who voted, and a founding does not', () => {
  const inDoubt = (role: RoleChange['role'], term: number, leader?: string): RoleChange => ({
    ...change(role, term, leader),
    inDoubtElection: leader !== undefined,
  });
  const history = historyOf(
    inDoubt('candidate', 3),
    inDoubt('follower', 3, 'n1'),
    inDoubt('follower', 3),
    inDoubt('follower', 3, 'n1'),
    change('follower', 4, 'n2'),
  );
  expect(history.elections.inDoubt).toBe(1);
  expect(history.doubtElection).toEqual({ term: 3, leader: 'n1', atMs: expect.any(Number) });
  history.add(inDoubt('leader', 5, 'n0'), false);
  expect(history.elections.inDoubt).toBe(2);
  const founding = historyOf();
  founding.add(inDoubt('leader', 1, 'n0'), true);
  expect([founding.elections.inDoubt, founding.doubtElection]).toEqual([0, undefined]);
});
