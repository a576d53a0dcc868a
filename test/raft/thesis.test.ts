import { describe, expect, it } from 'vitest';
import type { Message } from '../../raft/core/types.ts';
import { batch, Solo } from './solo.ts';
import { World } from './world.ts';

/** Ongaro, "Consensus: Bridging Theory and Practice". Rules that have no test of their own elsewhere in this folder, by section. */
type Kind = Message['type'];
const group = ['n0', 'n1', 'n2'];

const follower = () => new Solo();
const preCandidate = () => {
  const solo = new Solo();
  solo.ticks(75);
  return solo;
};
const candidate = () => {
  const solo = preCandidate();
  solo.step('pre-vote-reply', 'n1', { term: 2, granted: true });
  return solo;
};
const leader = () => new Solo().lead();
const roles = { follower, 'pre-candidate': preCandidate, candidate, leader } as const;

describe('3.3 terms', () => {
  it.each(Object.keys(roles) as (keyof typeof roles)[])('a %s that sees a higher term takes it and follows', (role) => {
    for (const type of ['heartbeat', 'append', 'append-reply', 'heartbeat-reply', 'vote-reply'] as const) {
      const solo = roles[role]();
      expect(solo.node.role).toBe(role);
      solo.step<Kind>(type, 'n2', { term: 9 });
      expect(solo.node, type).toMatchObject({ role: 'follower', term: 9 });
      expect(solo.readies.findLast((ready) => ready.hardState)?.hardState).toMatchObject({ term: 9, vote: '' });
    }
  });

  it.each(Object.keys(roles) as (keyof typeof roles)[])('a %s takes nothing from an older term', (role) => {
    for (const type of ['vote', 'append', 'heartbeat', 'append-reply', 'timeout-now', 'doubt-end'] as const) {
      const solo = roles[role]();
      const { term, lastIndex, commit } = solo.node;
      solo.step<Kind>(type, 'n2', { term: 0 });
      expect(solo.node, type).toMatchObject({ role, term, lastIndex, commit });
      if (type === 'vote') expect(solo.last('vote-reply')).toMatchObject({ granted: false, term });
      if (type === 'append') expect(solo.last('append-reply')).toMatchObject({ rejected: true, term });
    }
  });
});

describe('3.4 leader election', () => {
  it('starts as a follower, whatever it was before', () => {
    expect(new Solo({ hardState: { term: 7, vote: 'n0' } }).node).toMatchObject({
      role: 'follower',
      term: 7,
      vote: 'n0',
    });
  });

  it('stays a follower while it hears a leader, and no longer', () => {
    const solo = new Solo();
    for (let i = 0; i < 20; i++) {
      solo.ticks(70);
      solo.step('heartbeat', 'n1', { term: 2 });
    }
    expect(solo.node).toMatchObject({ role: 'follower', term: 2, leader: 'n1' });
    solo.ticks(75);
    expect(solo.node.role).toBe('pre-candidate');
  });

  it('votes for itself in a term of its own, and asks all others at once', () => {
    const solo = candidate();
    expect(solo.node).toMatchObject({ role: 'candidate', term: 2, vote: 'n0' });
    expect(solo.sent.filter(({ type }) => type === 'vote').map(({ to }) => to)).toEqual(['n1', 'n2']);
  });

  it('is leader with a majority, and not before', () => {
    const solo = new Solo({ voters: ['n0', 'n1', 'n2', 'n3', 'n4'] });
    solo.ticks(75);
    for (const id of ['n1', 'n2']) solo.step('pre-vote-reply', id, { term: 2, granted: true });
    solo.step('vote-reply', 'n1', { granted: true });
    solo.step('vote-reply', 'n1', { granted: true });
    expect(solo.node.role).toBe('candidate');
    solo.step('vote-reply', 'n2', { granted: true });
    expect(solo.node.role).toBe('leader');
  });

  it('tells all at once that it leads, and goes on telling', () => {
    const solo = leader();
    expect(solo.sent.filter(({ type }) => type === 'heartbeat').map(({ to }) => to)).toEqual(['n1', 'n2']);
    expect(solo.ticks(10).filter(({ type }) => type === 'heartbeat')).toHaveLength(2);
  });

  it('breaks a split vote by new terms with new random timeouts', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = new World(seed, group);
      world.startAll();
      const old = world.settle();
      // Everybody's connection to the leader breaks at the same moment.
      world.isolate(old.id);
      const start = world.nowMs;
      expect(world.run(10_000, () => world.leader() !== undefined && world.leader() !== old)).toBe(true);
      expect(world.nowMs - start).toBeLessThan(5000);
    }
  });
});

describe('3.5 log replication', () => {
  it('never overwrites or deletes entries of its own log as leader', () => {
    const solo = new Solo({ log: [1, 2] }).lead();
    solo.propose(3);
    solo.step('append', 'n1', { prevIndex: 1, entries: batch(2, [1, 1]) });
    solo.step('append-reply', 'n1', { rejected: true, index: 2, hintIndex: 0, sequence: solo.node.sequence });
    expect(solo.readies.flatMap((ready) => ready.writes)).toEqual([]);
    expect(solo.log.entries.slice(0, 2).map(({ term }) => term)).toEqual([1, 2]);
  });

  it('begins to send right behind its own log, where nothing else is known of a peer', () => {
    const solo = new Solo({ log: [1, 1, 1] });
    solo.ticks(75);
    solo.step('pre-vote-reply', 'n1', { term: 2, granted: true });
    solo.step('vote-reply', 'n1', { granted: true });
    expect(solo.node.peers.get('n2')).toMatchObject({ next: 4, match: 0 });
  });

  it('refuses an append whose predecessor it does not have, by index or by term', () => {
    for (const prev of [
      { prevIndex: 5, prevTerm: 2 },
      { prevIndex: 2, prevTerm: 1 },
    ]) {
      const solo = new Solo({ log: [1, 2] });
      solo.step('append', 'n1', { ...prev, entries: batch(prev.prevIndex + 1, [2]) });
      expect(solo.last('append-reply')).toMatchObject({ rejected: true, index: prev.prevIndex });
      expect(solo.log.lastIndex).toBe(2);
    }
  });

  it('commits what precedes an entry together with it', () => {
    const solo = leader();
    solo.propose(5);
    solo.ack('n1', 7);
    expect(solo.node.commit).toBe(7);
  });

  it('applies in order, and never what is not committed', () => {
    const solo = leader();
    solo.ack('n1', 2);
    expect(solo.node.appliedIndex).toBe(2);
    expect(() => solo.node.applied(3)).toThrow('not committed');
  });
});

describe('3.7 follower and candidate crashes', () => {
  it('sends until the follower is back, and twice the same does nothing', () => {
    const solo = new Solo();
    for (let i = 1; i <= 3; i++) solo.step('append', 'n1', { term: 2, sequence: i, entries: batch(2, [2, 2]) });
    expect(solo.log.lastIndex).toBe(3);
    expect(solo.readies.flatMap((ready) => ready.writes)).toHaveLength(1);
  });
});

describe('3.8 persisted state and server restarts', () => {
  it('answers with nothing that a crash could take back', () => {
    const solo = new Solo();
    solo.holdSaves = true;
    solo.holdPersists = true;
    solo.step('vote', 'n1', { term: 2 });
    solo.step('append', 'n1', { term: 2, entries: batch(2, [2]) });
    expect(solo.sent).toEqual([]);
  });

  it('remembers its vote over a restart', () => {
    const solo = new Solo({ hardState: { term: 2, vote: 'n1' } });
    solo.step('vote', 'n2', { term: 2 });
    expect(solo.last('vote-reply', 'n2')).toMatchObject({ granted: false });
    solo.step('vote', 'n1', { term: 2 });
    expect(solo.last('vote-reply', 'n1')).toMatchObject({ granted: true });
  });

  it('finds out again what is committed', () => {
    const world = new World(4, group);
    world.startAll();
    const first = world.settle();
    first.propose('kept');
    world.run(200);
    for (const host of world.hosts.values()) host.crash();
    world.startAll();
    expect(world.elect().replica?.commitIndex).toBeGreaterThanOrEqual(first.disk.written.lastIndex);
  });
});

describe('4.1 one change at a time', () => {
  const changing = () => {
    const solo = leader();
    solo.ack('n1', 2);
    return solo;
  };

  it('refuses a second one before the first is committed, and any before the first entry of the term is', () => {
    expect(leader().node.checkChange({ kind: 'add-learner', id: 'n3' })).toMatch('first entry');
    const solo = changing();
    solo.change({ kind: 'add-learner', id: 'n3' });
    expect(solo.node.checkChange({ kind: 'add-learner', id: 'n4' })).toBe('the change of entry 3 is not committed yet');
    solo.ack('n1', 3);
    expect(solo.node.checkChange({ kind: 'add-learner', id: 'n4' })).toMatchObject({ learners: ['n3', 'n4'] });
  });

  it('uses a set from the moment at which it is in the log', () => {
    const solo = changing();
    solo.change({ kind: 'remove', id: 'n2' });
    expect(solo.propose().map(({ to }) => to)).toEqual(['n1']);
    const other = new Solo();
    const members = [{ voters: ['n0', 'n1'], learners: [], index: 2 }];
    other.step('append', 'n1', { term: 1, entries: { ...batch(2, [1]), members } });
    expect(other.node.members.voters).toEqual(['n0', 'n1']);
    expect(other.node.commit).toBe(0);
  });

  it('fsyncs a set before it is acknowledged (safety 3)', () => {
    const solo = changing();
    solo.change({ kind: 'add-learner', id: 'n3' });
    expect(solo.readies.findLast((ready) => ready.persist)).toMatchObject({ sync: true });
    const other = new Solo();
    other.step('append', 'n1', { term: 1, entries: batch(2, [1]) });
    expect(other.readies.findLast((ready) => ready.persist)).toMatchObject({ sync: false });
    const members = [{ voters: ['n0', 'n1'], learners: [], index: 3 }];
    other.step('append', 'n1', { term: 1, prevIndex: 2, entries: { ...batch(3, [1]), members } });
    expect(other.readies.findLast((ready) => ready.persist)).toMatchObject({ sync: true });
  });

  it('returns to the set before when the entry is cut', () => {
    const solo = new Solo();
    const members = [{ voters: ['n0', 'n1', 'n2', 'n3'], learners: [], index: 2 }];
    solo.step('append', 'n1', { term: 1, entries: { ...batch(2, [1]), members } });
    expect(solo.node.members).toMatchObject({ voters: ['n0', 'n1', 'n2', 'n3'], majority: 3 });
    solo.step('append', 'n2', { term: 2, entries: batch(2, [2]) });
    expect(solo.node.members).toMatchObject({ voters: ['n0', 'n1', 'n2'], majority: 2, changedAt: 0 });
    expect(solo.readies.filter((ready) => ready.members).map((ready) => ready.members?.voters.length)).toEqual([4, 3]);
  });
});

describe('6.2 finding the leader', () => {
  it('names the leader that it hears, and forgets one that is gone', () => {
    const solo = new Solo();
    solo.step('heartbeat', 'n2', { term: 2 });
    expect(solo.node.leader).toBe('n2');
    solo.ticks(75);
    expect(solo.node.leader).toBeUndefined();
  });
});

describe('10.2.2 batching and pipelining', () => {
  it('sends the next append before the last one is answered', () => {
    const solo = leader();
    solo.ack('n1', 2);
    expect(solo.propose().filter(({ to }) => to === 'n1')).toMatchObject([{ prevIndex: 2 }]);
    expect(solo.propose().filter(({ to }) => to === 'n1')).toMatchObject([{ prevIndex: 3 }]);
  });
});
