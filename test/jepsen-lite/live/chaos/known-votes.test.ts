import { expect, test } from 'vitest';
import { freshRecord } from '../../../../cluster/raft-storage/hard-state.ts';
import { KnownVotes } from '../../../../jepsen-lite/live/chaos/known-votes.ts';

const read = (term: number, vote: string) =>
  ({ kind: 'ok', slot: 0, record: { ...freshRecord({ memberId: 'n1', groupName: 'g' }), term, vote } }) as const;

test('a disk must hold the last vote that made a leader, or a later term', () => {
  const votes = new KnownVotes();
  expect(votes.problemOf('n1', read(0, ''))).toBeUndefined();
  votes.heard('n0', [
    { role: 'leader', term: 4, votes: ['n0', 'n1'] },
    { role: 'follower', term: 5, votes: [] },
  ]);
  votes.heard('n2', [{ role: 'leader', term: 3, votes: ['n1', 'n2'] }]);
  expect(votes.problemOf('n1', read(4, 'n0'))).toBeUndefined();
  expect(votes.problemOf('n1', read(5, ''))).toBeUndefined();
  expect(votes.problemOf('n1', read(3, 'n2'))).toContain('voted for n0 in term 4');
  expect(votes.problemOf('n1', read(4, ''))).toContain("its disk says: term 4, vote ''");
});

test('a hard state that is gone, or that nobody can read, is a problem where a vote is known, and there alone', () => {
  const votes = new KnownVotes();
  const reads = [{ kind: 'absent' }, { kind: 'unreadable', message: 'no slot is intact' }] as const;
  expect(reads.map((each) => votes.problemOf('n1', each))).toEqual([undefined, undefined]);
  votes.heard('n0', [{ role: 'leader', term: 4, votes: ['n0', 'n1'] }]);
  expect(reads.map((each) => votes.problemOf('n1', each))).toEqual([
    'n1 voted for n0 in term 4, while its disk holds no hard state',
    'n1 voted for n0 in term 4, while its disk holds none that can be used: no slot is intact',
  ]);
  expect(votes.problemOf('n2', { kind: 'absent' })).toBeUndefined();
});

test('whose disk was hurt answers for votes in later terms than the one in which it was whole again, whoever tells of older ones', () => {
  const votes = new KnownVotes();
  const history = [{ role: 'leader', term: 4, votes: ['n0', 'n1'] }] as const;
  votes.heard('n0', history);
  votes.forgot('n1', 4);
  votes.heard('n0', history);
  expect(votes.problemOf('n1', read(4, ''))).toBeUndefined();
  expect(votes.problemOf('n0', read(4, ''))).toContain('n0 voted for n0 in term 4');
  votes.heard('n2', [{ role: 'leader', term: 5, votes: ['n1', 'n2'] }]);
  votes.forgot('n1', 4);
  expect(votes.problemOf('n1', read(4, ''))).toContain('n1 voted for n2 in term 5');
});
