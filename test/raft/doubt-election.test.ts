import { describe, expect, it } from 'vitest';
import { coreConfig, Solo } from './solo.ts';

describe('a doubt election (safety 2)', () => {
  const standing = (fields = {}) => {
    const solo = new Solo({ inDoubt: true, log: [1, 2] });
    solo.hello('n1', { inDoubt: true, lastIndex: 2, lastTerm: 2, ...fields });
    solo.hello('n2', { inDoubt: true, lastIndex: 2, lastTerm: 2 });
    return solo;
  };

  it('needs the votes of all', () => {
    const solo = standing();
    expect(solo.ticks(4).map((m) => m.type)).toEqual(['doubt-vote', 'doubt-vote']);
    solo.step('doubt-vote-reply', 'n1', { granted: true, inDoubt: true });
    expect(solo.node.role).toBe('candidate');
    solo.step('doubt-vote-reply', 'n2', { granted: true, inDoubt: true });
    expect(solo.node.role).toBe('leader');
    const report = solo.readies.findLast((ready) => ready.roleChange)?.roleChange;
    expect(report).toMatchObject({ inDoubtElection: true, votes: ['n0', 'n1', 'n2'] });
  });

  it('is not held while a majority is free of doubt, or somebody is missing', () => {
    const free = new Solo({ inDoubt: true });
    free.hello('n1');
    free.hello('n2');
    expect(free.ticks(300).some((m) => m.type === 'doubt-vote')).toBe(false);
    const missing = new Solo({ inDoubt: true });
    missing.hello('n1', { inDoubt: true });
    expect(missing.ticks(300).some((m) => m.type === 'doubt-vote')).toBe(false);
  });

  it('is not held with a store that may have been wiped, unless all are empty', () => {
    expect(
      standing({ fresh: true, lastIndex: 0, lastTerm: 0 })
        .ticks(300)
        .some((m) => m.type === 'doubt-vote'),
    ).toBe(false);
    const fresh = new Solo({ inDoubt: true, log: [], hardState: { fresh: true } });
    fresh.step('doubt-vote', 'n1', { term: 1, lastIndex: 3, lastTerm: 1 });
    expect(fresh.last('doubt-vote-reply')).toMatchObject({ granted: false });
    fresh.step('doubt-vote', 'n1', { term: 2, lastIndex: 0, lastTerm: 0 });
    expect(fresh.last('doubt-vote-reply')).toMatchObject({ granted: true });
    expect(fresh.readies.findLast((ready) => ready.hardState)?.hardState).toMatchObject({ vote: 'n1', fresh: false });
  });

  it('does without a voter that an operator gave up, as long as it is away', () => {
    const solo = new Solo({ inDoubt: true, log: [1, 2] });
    solo.hello('n1', { inDoubt: true, lastIndex: 2, lastTerm: 2 });
    expect(solo.ticks(300).some((m) => m.type === 'doubt-vote')).toBe(false);
    expect(solo.node.giveUp('n0')).toBe('n0 is no other voter of this group');
    expect(solo.node.giveUp('n1')).toBe('n1 is connected');
    expect(solo.node.giveUp('n2')).toBeUndefined();
    expect(solo.ticks(300).some((m) => m.type === 'doubt-vote')).toBe(true);
    solo.step('doubt-vote-reply', 'n1', { term: solo.node.term, granted: true, inDoubt: true });
    expect(solo.node.role).toBe('leader');
    expect(solo.node.giveUp('n2')).toBe('n0 leads: remove n2 from the group instead');
  });

  it('asks a voter that was given up again when it is back with its store, and does without one that comes back empty', () => {
    for (const fresh of [false, true]) {
      const solo = new Solo({ inDoubt: true, log: [1, 2] });
      expect(solo.node.giveUp('n2')).toBeUndefined();
      const empty = fresh ? { fresh, lastIndex: 0, lastTerm: 0 } : {};
      solo.hello('n2', { inDoubt: true, lastIndex: 2, lastTerm: 2, ...empty });
      solo.hello('n1', { inDoubt: true, lastIndex: 2, lastTerm: 2 });
      solo.ticks(300);
      solo.step('doubt-vote-reply', 'n1', { term: solo.node.term, granted: true, inDoubt: true });
      expect(solo.node.role).toBe(fresh ? 'leader' : 'candidate');
    }
  });

  it('needs each of those who are left: the vote of one that was given up and is back replaces no other, and opens no election of its own', () => {
    for (const inDoubt of [false, true]) {
      const solo = new Solo({ inDoubt: true, log: [1, 2] });
      solo.hello('n1', { inDoubt, lastIndex: 9 });
      expect(solo.node.giveUp('n2')).toBeUndefined();
      solo.ticks(300);
      expect(solo.node.role).toBe('candidate');
      const { term } = solo.node;
      const asked = solo.hello('n2');
      // Two of three are free of doubt, or all three are needed.
      expect(solo.node.role).toBe(inDoubt ? 'candidate' : 'follower');
      expect(asked.map(({ type, to }) => `${type} ${to}`)).toEqual(inDoubt ? ['doubt-vote n2'] : []);
      solo.step('doubt-vote-reply', 'n2', { term, granted: true });
      expect(solo.node.role).not.toBe('leader');
      solo.step('doubt-vote-reply', 'n1', { term, granted: true, inDoubt });
      expect(solo.node.role).toBe(inDoubt ? 'leader' : 'follower');
    }
  });

  it('does without a voter that is given up while it runs', () => {
    const solo = standing();
    solo.ticks(4);
    solo.step('doubt-vote-reply', 'n1', { granted: true, inDoubt: true });
    solo.node.closed('n2');
    expect(solo.node.role).toBe('candidate');
    expect(solo.node.giveUp('n2')).toBeUndefined();
    expect(solo.node.role).toBe('leader');
  });

  it('is not open to what an operator said of an outage that is over', () => {
    const solo = new Solo({ log: [1, 2] });
    expect(solo.node.giveUp('n2')).toBeUndefined();
    solo.step('heartbeat', 'n1', { term: 3 });
    expect(solo.node.giveUp('n2')).toBe('n1 leads: remove n2 from the group instead');
    solo.hello('n1', { inDoubt: true });
    solo.ticks(300);
    expect(solo.last('doubt-vote')).toBeUndefined();
    expect(solo.node.giveUp('n2')).toBeUndefined();
    solo.ticks(300);
    expect(solo.last('doubt-vote')).toMatchObject({ to: 'n1' });
  });

  it('needs a voter that was given up, came back empty, and says by a vote that it has a store since', () => {
    const solo = new Solo({ inDoubt: true, log: [] });
    expect(solo.node.giveUp('n2')).toBeUndefined();
    solo.hello('n2', { inDoubt: true, fresh: true });
    expect(solo.node.giveUp('n2')).toBeUndefined();
    solo.hello('n1', { inDoubt: true });
    solo.step('pre-vote-reply', 'n2', { inDoubt: true, fresh: false });
    expect(solo.node.giveUp('n2')).toBe('n2 is connected');
    solo.ticks(300);
    solo.step('doubt-vote-reply', 'n1', { granted: true, inDoubt: true });
    expect(solo.node.role).toBe('candidate');
  });

  it('has no part for a member that is no voter: it cannot give anybody up', () => {
    const learner = new Solo({ inDoubt: true, voters: ['n1', 'n2', 'n3'], learners: ['n0'] });
    expect(learner.node.giveUp('n1')).toBe('n0 is no voter itself: those who are must be told');
  });

  it('is never one of fewer than a majority, however many are given up', () => {
    const solo = new Solo({ inDoubt: true, log: [1, 2] });
    expect(solo.node.giveUp('n1')).toBeUndefined();
    expect(solo.node.giveUp('n1')).toBeUndefined();
    expect(solo.node.giveUp('n2')).toBe('of the 3 voters only 1 would be left, and 2 decide');
    expect(solo.ticks(300).some((m) => m.type === 'doubt-vote')).toBe(false);
  });

  it('is one of the voters by the log of who stands: what a shorter log says of members, its owner included, counts for nothing (thesis 4.1)', () => {
    const request = { term: 9, lastTerm: 8, lastIndex: 9 };
    const solo = new Solo({ learners: ['n3'] });
    solo.step('doubt-vote', 'n3', request);
    expect(solo.last('doubt-vote-reply')).toMatchObject({ to: 'n3', granted: true });
    const learner = new Solo({ voters: ['n1', 'n2', 'n3'], learners: ['n0'] });
    learner.step('doubt-vote', 'n1', request);
    expect(learner.last('doubt-vote-reply')).toMatchObject({ to: 'n1', granted: true });
    learner.step('doubt-vote', 'n2', { ...request, term: 10, lastTerm: 0, lastIndex: 0 });
    expect(learner.last('doubt-vote-reply')).toMatchObject({ to: 'n2', granted: false });
  });

  it('founds no group with a stranger: before the first entry nothing but the configuration tells who is a member', () => {
    const empty = { log: [], hardState: { fresh: true, term: 0 } };
    const request = { term: 1, lastTerm: 0, lastIndex: 0 };
    for (const [from, voters] of [
      ['n3', ['n0', 'n1', 'n2']],
      ['n1', ['n1', 'n2', 'n3']],
    ] as const) {
      const solo = new Solo({ ...empty, voters });
      solo.step('doubt-vote', from, request);
      expect(solo.last('doubt-vote-reply')).toMatchObject({ to: from, granted: false });
    }
  });

  it('is called by a member in doubt, though a majority is free, when all of those have said twice in a row that they hear no leader and have no more', () => {
    const solo = new Solo({ inDoubt: true, log: [1, 2] });
    for (const id of ['n1', 'n2']) solo.hello(id, { lastIndex: 1 });
    const round = (...answers: boolean[]) => {
      const types = new Set(solo.ticks(coreConfig.electionTicks).map(({ type }) => type));
      const { term } = solo.node;
      for (const [i, granted] of answers.entries()) {
        solo.step('pre-vote-reply', `n${i + 1}`, { term: granted ? term + 1 : term, granted });
      }
      return [...types].join();
    };
    const asked = [round(true, true), round(true, false), round(true, true), round(true, true), round()];
    expect(asked).toEqual(['pre-vote', 'pre-vote', 'pre-vote', 'pre-vote', 'doubt-vote']);
    // One that failed is not the last (its requests are repeated until its time is over), but they are asked again before the next one.
    expect([round(true, true), round(true, true), round()]).toEqual(['doubt-vote,pre-vote', 'pre-vote', 'doubt-vote']);
  });

  it('is over when a majority turns out to be free of doubt, however long nobody was', () => {
    const solo = standing();
    solo.ticks(600);
    expect(solo.node.role).toBe('candidate');
    for (const id of ['n1', 'n2']) solo.hello(id);
    expect(solo.node.role).toBe('follower');
  });

  it('goes to the highest last term, not to the longest log', () => {
    const solo = standing();
    solo.step('doubt-vote', 'n1', { term: 3, lastTerm: 1, lastIndex: 99 });
    expect(solo.last('doubt-vote-reply')).toMatchObject({ granted: false });
    solo.step('doubt-vote', 'n2', { term: 4, lastTerm: 3, lastIndex: 1 });
    expect(solo.last('doubt-vote-reply')).toMatchObject({ granted: true });
  });

  it('may make the same member lead the very term once more that its disk has forgotten, where nobody else has an entry of it', () => {
    const voted = { hardState: { term: 5, vote: 'n1' } };
    const request = { term: 5, lastTerm: 1, lastIndex: 1 };
    const lacksIt = new Solo({ ...voted, log: [1] });
    lacksIt.step('doubt-vote', 'n2', request);
    expect(lacksIt.last('doubt-vote-reply')).toMatchObject({ granted: false });
    lacksIt.step('doubt-vote', 'n1', request);
    expect(lacksIt.last('doubt-vote-reply')).toMatchObject({ granted: true, term: 5 });
    const hasIt = new Solo({ ...voted, log: [1, 5] });
    hasIt.step('doubt-vote', 'n1', request);
    expect(hasIt.last('doubt-vote-reply')).toMatchObject({ granted: false });
  });

  it('is known to who voted in it, for as long as its term lasts', () => {
    const solo = standing();
    const reported = () => solo.readies.findLast((ready) => ready.roleChange)?.roleChange;
    solo.step('doubt-vote', 'n1', { term: 4, lastTerm: 3, lastIndex: 1 });
    expect(reported()).toMatchObject({ leader: undefined, inDoubtElection: false });
    solo.step('heartbeat', 'n1', { term: 4 });
    expect(reported()).toMatchObject({ leader: 'n1', term: 4, inDoubtElection: true });
    solo.step('heartbeat', 'n2', { term: 5 });
    expect(reported()).toMatchObject({ leader: 'n2', term: 5, inDoubtElection: false });
  });

  it('ends the doubt of its leader only with an entry that the leader itself has fsynced', () => {
    const solo = standing();
    solo.ticks(4);
    solo.holdPersists = true;
    for (const id of ['n1', 'n2']) solo.step('doubt-vote-reply', id, { granted: true, inDoubt: true });
    for (const id of ['n1', 'n2']) solo.ack(id, 3, { inDoubt: true });
    expect(solo.node).toMatchObject({ commit: 3, inDoubt: true });
    solo.node.persisted(solo.readies.at(-1)?.number ?? 0);
    solo.run();
    expect(solo.node.inDoubt).toBe(false);
  });

  it('keeps its leader while the ends of their doubts are on the way to the disks, which count for no commit yet; who restarts is not heard', () => {
    const solo = standing();
    solo.ticks(4);
    for (const id of ['n1', 'n2']) solo.step('doubt-vote-reply', id, { granted: true, inDoubt: true });
    solo.holdSaves = true;
    for (const id of ['n1', 'n2']) solo.ack(id, 3, { inDoubt: true });
    expect(solo.readies.filter(({ doubt }) => doubt === false)).toHaveLength(1);
    // Of the others only n1 answers.
    const heard = (ticks: number) => {
      for (let i = 0; i < ticks; i += 5) {
        solo.ticks(5);
        solo.step('heartbeat-reply', 'n1', { round: solo.node.round, inDoubt: true, unwell: false });
      }
      return solo.node.role;
    };
    expect(heard(200)).toBe('leader');
    solo.propose();
    for (const id of ['n1', 'n2']) solo.ack(id, 4, { inDoubt: true });
    solo.ack('n1', 4);
    expect(solo.node.commit).toBe(3);
    solo.node.doubtSaved();
    expect(solo.node).toMatchObject({ commit: 4, inDoubt: false });
    for (const id of ['n1', 'n2']) solo.hello(id, { inDoubt: true, incarnation: 2 });
    expect(heard(20)).toBe('follower');
  });
});
