import { expect, test } from 'vitest';
import { raftNotReady } from '../../src/http/raft-readiness.ts';
import { raft } from './sample-status.ts';

const follower = { ...raft, role: 'follower', ready: false, leader: 'n1' };

test.each([
  ['a leader that serves', raft, undefined],
  [
    'a leader before its first entry',
    { ...raft, ready: false },
    'n0 leads in term 7, but its first entry is not committed and applied yet',
  ],
  ['a follower of a leader', follower, undefined],
  [
    'a follower in doubt, which does not count towards a majority yet',
    { ...follower, inDoubt: true },
    `n0 is in doubt: it may lack entries, until ${follower.leader} has made it whole`,
  ],
  [
    'a follower whose leader is out of reach',
    { ...follower, leader: 'n2' },
    'n0 follows n2, but has no connection to it',
  ],
  ['a follower of nobody', { ...follower, leader: undefined }, 'n0 knows no leader in term 7'],
  [
    'a candidate that waits for others',
    { ...follower, role: 'candidate', leader: undefined, waitsFor: ['n1', 'n2'] },
    'n0 knows no leader in term 7; before an election it must hear of n1, n2',
  ],
  ['a member that left', { ...raft, stopped: true }, 'member n0 has left its group'],
])('%s', (_what, status, reason) => {
  expect(raftNotReady(status)).toBe(reason);
});
