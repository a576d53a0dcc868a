import { describe, expect, it } from 'vitest';
import { campaign } from '../../raft/core/election.ts';
import type { VoteRequest } from '../../raft/core/types.ts';
import { Solo } from './solo.ts';

/** What a member does with a request whatever its role, and whom it believes. */
const entry = (term: number, size: number) => ({ term, value: 'x', size });

function inRole(role: string, options: ConstructorParameters<typeof Solo>[0] = {}): Solo {
  const solo = new Solo(options);
  if (role === 'leader') solo.lead();
  if (role === 'pre-candidate' || role === 'candidate') solo.ticks(75);
  if (role === 'candidate') solo.step('pre-vote-reply', 'n1', { term: solo.node.term + 1, granted: true });
  if (role === 'follower of n2') solo.step('heartbeat', 'n2', { term: solo.node.term });
  return solo;
}

const leaderless = ['follower', 'pre-candidate', 'candidate'] as const;
const hearing = ['follower of n2', 'leader'] as const;

describe('a request for a vote (thesis 3.4, 3.6.1, 4.2.3)', () => {
  it.each(leaderless)('is granted by a %s, which follows and has voted; for a pre-vote nothing changes', (role) => {
    const solo = inRole(role);
    const { term } = solo.node;
    const better = { lastIndex: 42, lastTerm: term + 1 };
    solo.step('pre-vote', 'n1', { term: term + 1, ...better });
    expect(solo.last('pre-vote-reply', 'n1')).toMatchObject({ granted: true, term: term + 1 });
    expect([solo.node.role, solo.node.term]).toEqual([role, term]);
    solo.step('vote', 'n1', { term: term + 1, ...better });
    expect(solo.last('vote-reply', 'n1')).toMatchObject({ granted: true, term: term + 1 });
    expect(solo.node).toMatchObject({ role: 'follower', term: term + 1, vote: 'n1' });
  });

  it.each(hearing)('is refused by a %s, unless it comes from whom a leader has chosen', (role) => {
    const solo = inRole(role);
    const { term } = solo.node;
    const better = { term: term + 1, lastIndex: 42, lastTerm: term + 1 };
    solo.step('pre-vote', 'n1', better);
    expect(solo.last('pre-vote-reply', 'n1')).toMatchObject({ granted: false, term });
    solo.step('vote', 'n1', better);
    expect(solo.last('vote-reply', 'n1')).toBeUndefined();
    expect(solo.node.term).toBe(term);
    solo.step('vote', 'n1', { ...better, transfer: true });
    expect(solo.last('vote-reply', 'n1')).toMatchObject({ granted: true, term: term + 1 });
  });

  it.each(['pre-vote', 'vote'] as const)('%s: is granted exactly to a log that is at least as good', (type) => {
    for (const lastTerm of [0, 1, 2, 3]) {
      for (const lastIndex of [0, 1, 2, 3]) {
        const solo = new Solo({ log: [2, 2] });
        solo.step<VoteRequest['type']>(type, 'n1', { term: 4, lastIndex, lastTerm });
        const granted = lastTerm > 2 || (lastTerm === 2 && lastIndex >= 2);
        expect(solo.last(`${type}-reply`), `${lastIndex}@${lastTerm}`).toMatchObject({ granted });
      }
    }
  });

  it('is answered by who is no member in its own log: that log may lack the entry that made it one (thesis 4.1)', () => {
    const solo = new Solo({ voters: ['n1', 'n2', 'n3'] });
    solo.step('vote', 'n1', { term: 2 });
    expect(solo.last('vote-reply', 'n1')).toMatchObject({ granted: true });
    solo.step('heartbeat', 'n1', { term: 2 });
    expect(solo.node).toMatchObject({ role: 'follower', leader: 'n1', term: 2 });
  });
});

describe('a wish to campaign', () => {
  it('of a leader that it is to campaign itself changes nothing at another leader (thesis 3.10)', () => {
    const solo = inRole('leader');
    const { term } = solo.node;
    expect(solo.step('timeout-now', 'n1', { term })).toEqual([]);
    expect(solo.node).toMatchObject({ role: 'leader', term });
  });

  it('is followed only where it comes from the leader', () => {
    const solo = inRole('follower of n2');
    solo.step('timeout-now', 'n1', {});
    expect(solo.node.role).toBe('follower');
    solo.step('timeout-now', 'n2', {});
    expect(solo.node.role).toBe('candidate');
  });

  it.each(['learner', 'stranger'])('is not followed by a %s, even if others would vote for it', (kind) => {
    const voters = ['n1', 'n2', 'n3'];
    const solo = new Solo({ voters, learners: kind === 'learner' ? ['n0'] : [] });
    solo.step('heartbeat', 'n1', { term: 1 });
    solo.step('timeout-now', 'n1', {});
    for (const id of ['n1', 'n2']) solo.step('vote-reply', id, { term: 2, granted: true });
    campaign(solo.node, 'test');
    solo.run();
    expect(solo.node.role).toBe('follower');
    expect(solo.sent.filter(({ type }) => type === 'vote' || type === 'pre-vote')).toEqual([]);
  });
});

describe('heartbeats', () => {
  it.each([...leaderless, 'follower of n2'])('are sent by no %s', (role) => {
    const solo = inRole(role);
    const kinds = solo.ticks(60).map(({ type }) => type);
    expect(kinds).not.toContain('heartbeat');
  });

  it('never take a commit back', () => {
    const solo = new Solo({ log: [1, 1, 1] });
    solo.step('append', 'n1', { term: 1, prevIndex: 3, commit: 2 });
    expect(solo.node.commit).toBe(2);
    solo.step('heartbeat', 'n1', { term: 1, commit: 3 });
    expect(solo.node.commit).toBe(3);
    solo.step('heartbeat', 'n1', { term: 1, commit: 1 });
    expect(solo.node.commit).toBe(3);
  });

  it('free the reads that they have proved', () => {
    const leader = inRole('leader');
    leader.ack('n1', 2);
    for (let i = 0; i < 3; i++) {
      leader.node.readIndex();
      leader.run();
    }
    expect(leader.node.reads.oldestRound()).toBe(leader.node.round - 2);
    leader.step('heartbeat-reply', 'n1', { round: leader.node.round });
    expect(leader.node.reads.oldestRound()).toBeUndefined();
  });
});

describe('the window of a peer (thesis 10.2.1)', () => {
  it('bounds appends by their number and by their bytes, whichever comes first', () => {
    const leader = new Solo({ maxAppendBytes: 200, maxInflightCount: 3, maxInflightBytes: 900 }).lead();
    leader.ack('n1', 2);
    for (let i = 0; i < 20; i++) leader.log.push(entry(leader.node.term, i >= 10 && i < 16 ? 500 : 100));
    leader.node.appended(leader.log.lastIndex);
    const sizes = (sent: ReturnType<Solo['run']>): number[] =>
      sent.flatMap((message) =>
        message.type === 'append' && message.to === 'n1' ? [message.entries?.byteLength ?? 0] : [],
      );
    const seen = [sizes(leader.run())];
    for (let rounds = 0; rounds < 10; rounds++)
      seen.push(sizes(leader.ack('n1', (leader.node.peers.get('n1')?.next ?? 1) - 1)));
    // Three small ones fill the count; of the large ones, which go alone, two fill the bytes.
    expect(seen.filter((round) => round.length > 0)).toEqual([
      [200, 200, 200],
      [200, 200, 500],
      [500, 500],
      [500, 500],
      [500, 200, 200],
    ]);
    expect(leader.node.peers.get('n1')).toMatchObject({ match: leader.log.lastIndex });
  });
});
