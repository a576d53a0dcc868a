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
  expect(votes.problemOf('n1', { kind: 'unreadable', message: '' })).toBeUndefined();
  votes.forget('n1');
  expect(votes.problemOf('n1', read(0, ''))).toBeUndefined();
});
