import { describe, expect, it } from 'vitest';
import { batch, Solo } from './solo.ts';
import { World } from './world.ts';

const group = ['n0', 'n1', 'n2'];
const host = (world: World, id: string) => world.host(id);

describe('a node in doubt (safety 2)', () => {
  it('grants no vote and no pre-vote, and does not stand', () => {
    const solo = new Solo({ inDoubt: true });
    solo.step('pre-vote', 'n1', { term: 2 });
    expect(solo.last('pre-vote-reply')).toMatchObject({ granted: false, inDoubt: true });
    solo.step('vote', 'n1', { term: 2 });
    expect(solo.last('vote-reply')).toMatchObject({ granted: false, inDoubt: true });
    solo.hello('n1');
    solo.hello('n2');
    solo.ticks(1000);
    expect(solo.node).toMatchObject({ role: 'follower', term: 2 });
    solo.step('heartbeat', 'n1', {});
    solo.step('timeout-now', 'n1', {});
    expect(solo.node.role).toBe('follower');
  });

  it('counts for nothing: not for a commit, not for a read, not for the quorum of a leader', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.hello('n2', { incarnation: 2, inDoubt: true });
    leader.node.closed('n1');
    leader.propose();
    leader.ack('n2', 3, { inDoubt: true });
    expect(leader.node.commit).toBe(2);
    const read = leader.node.readIndex();
    leader.run();
    leader.step('heartbeat-reply', 'n2', { round: leader.node.round, inDoubt: true });
    expect(leader.readies.some((ready) => ready.readUpTo === read)).toBe(false);
    for (let i = 0; i < 10; i++) {
      leader.ticks(9);
      leader.step('heartbeat-reply', 'n2', { round: leader.node.round, inDoubt: true });
    }
    expect(leader.node.role).toBe('follower');
  });

  it('is whole when its fsynced log reaches an entry proposed after its hello and committed without it', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.hello('n2', { incarnation: 2, inDoubt: true });
    // Caught up with all that there is, which is not enough: a fresh entry is proposed.
    leader.ack('n2', 2, { inDoubt: true });
    const peer = leader.node.peers.get('n2');
    expect(peer?.inDoubt).toBe(true);
    expect(leader.node.lastIndex).toBe(3);
    leader.ack('n2', 3, { inDoubt: true });
    expect(leader.last('doubt-end')).toBeUndefined();
    leader.ack('n1', 3);
    expect(leader.last('doubt-end')).toMatchObject({ to: 'n2', index: 3 });
    expect(peer?.inDoubt).toBe(false);
  });

  it('is not whole by what is only written', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.hello('n2', { incarnation: 2, inDoubt: true });
    leader.propose();
    leader.ack('n1', 3);
    leader.ack('n2', 3, { inDoubt: true, syncedIndex: 2 });
    expect(leader.node.peers.get('n2')?.inDoubt).toBe(true);
  });

  it('counts again when it says itself that its doubt is over', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.hello('n2', { incarnation: 2, inDoubt: true });
    leader.propose();
    leader.ack('n1', 3);
    leader.ack('n2', 3, { inDoubt: true });
    expect(leader.last('doubt-end')).toMatchObject({ to: 'n2' });
    leader.propose();
    // Its hard state still says that it is in doubt: if it ends now, it will grant no vote to whoever has this entry.
    leader.ack('n2', 4, { inDoubt: true });
    expect(leader.node.commit).toBe(3);
    leader.ack('n2', 4);
    expect(leader.node.commit).toBe(4);
  });

  it('is told again until it says so itself', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.hello('n2', { incarnation: 2, inDoubt: true });
    leader.propose();
    leader.ack('n1', 3);
    leader.ack('n2', 3, { inDoubt: true });
    leader.ticks(10);
    const { round } = leader.node;
    expect(leader.step('heartbeat-reply', 'n2', { round, inDoubt: true }).map((m) => m.type)).toContain('doubt-end');
    expect(leader.step('heartbeat-reply', 'n2', { round }).map((m) => m.type)).not.toContain('doubt-end');
  });

  it('believes the end only if its own fsynced log reaches the entry, and persists with fsync until then', () => {
    const solo = new Solo({ inDoubt: true, log: [1, 1] });
    solo.step('append', 'n1', { term: 1, prevIndex: 2, entries: batch(3, [1]) });
    expect(solo.readies.at(-1)).toMatchObject({ messagesAfterState: [{ syncedIndex: 3, inDoubt: true }] });
    solo.step('doubt-end', 'n1', { index: 4 });
    expect(solo.node.inDoubt).toBe(true);
    solo.step('doubt-end', 'n1', { index: 3 });
    expect(solo.node.inDoubt).toBe(false);
    expect(solo.readies.some((ready) => ready.doubt === false)).toBe(true);
  });
});

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

  it('is never one of fewer than a majority, however many are given up', () => {
    const solo = new Solo({ inDoubt: true, log: [1, 2] });
    expect(solo.node.giveUp('n1')).toBeUndefined();
    expect(solo.node.giveUp('n1')).toBeUndefined();
    expect(solo.node.giveUp('n2')).toBe('of the 3 voters only 1 would be left, and 2 decide');
    expect(solo.ticks(300).some((m) => m.type === 'doubt-vote')).toBe(false);
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
    expect(solo.node.inDoubt).toBe(false);
  });
});

describe('first start and lost disks (safety 2)', () => {
  it('waits for all members at the first start, and says for whom', () => {
    const world = new World(1, group);
    host(world, 'n0').start();
    host(world, 'n1').start();
    world.run(20_000);
    expect(world.leader()).toBeUndefined();
    expect(host(world, 'n0').replica?.status()).toMatchObject({ term: 0, waitsFor: ['n2'] });
    host(world, 'n2').start();
    const start = world.nowMs;
    world.elect();
    expect(world.nowMs - start).toBeLessThan(1000);
  });

  it('starts with a majority where bootstrapWithMajority says so; the last one joins later', () => {
    const world = new World(2, group, { bootstrapWithMajority: true });
    host(world, 'n0').start();
    host(world, 'n1').start();
    world.elect();
    host(world, 'n2').start();
    expect(world.run(5000, () => world.converged())).toBe(true);
  });

  it('founds no new group with one wiped, one down and one new member', () => {
    const world = new World(3, group, { bootstrapWithMajority: false });
    host(world, 'n0').start();
    host(world, 'n1').start();
    host(world, 'n2').start();
    world.settle();
    world.run(100);
    for (const id of group) host(world, id).crash();
    host(world, 'n0').wipe();
    host(world, 'n2').wipe();
    host(world, 'n0').start();
    host(world, 'n2').start();
    world.run(20_000);
    expect(world.leader()).toBeUndefined();
    host(world, 'n1').start();
    world.run(20_000);
    expect(world.leader()).toBeUndefined();
    expect(host(world, 'n1').replica?.status().inDoubt).toBe(false);
  });

  it('makes a wiped member whole, and counts it again', () => {
    const world = new World(4, group);
    world.startAll();
    const leader = world.settle();
    const [a, b] = group.filter((id) => id !== leader.id).map((id) => host(world, id));
    a?.crash(true);
    a?.wipe();
    a?.start();
    expect(world.run(5000, () => world.converged() && a?.replica?.status().lastIndex === leader.log.lastIndex)).toBe(
      true,
    );
    b?.crash();
    world.run(3000);
    const index = world.leader()?.propose('counts') as number;
    expect(world.run(1000, () => (world.leader()?.replica?.commitIndex ?? 0) >= index)).toBe(true);
  });

  it('is not blocked by a founder that died with the first entry on its disk alone', () => {
    const world = new World(5, group);
    world.startAll();
    world.run(5000, () => [...world.hosts.values()].some((h) => h.disk.written.lastIndex > 0));
    const founder = [...world.hosts.values()].find((h) => h.disk.written.lastIndex > 0);
    for (const id of group) host(world, id).crash();
    world.run(100);
    expect(founder?.disk).toMatchObject({ state: { fresh: false } });
    world.startAll();
    world.settle();
  });

  it('loses nothing when minorities of machines crash one after another under ASYNC_FLUSH (promise 2)', () => {
    const world = new World(6, group);
    world.startAll();
    world.settle();
    for (let round = 0; round < 6; round++) {
      const leader = world.settle();
      const index = leader.propose(`round${round}`) as number;
      world.run(1000, () => (leader.replica?.commitIndex ?? 0) >= index);
      const victim = host(world, group[round % 3] as string);
      victim.crash(true);
      victim.start(true);
      expect(victim.replica?.status().inDoubt).toBe(true);
    }
    const leader = world.settle();
    const values = leader.log.entries.map((entry) => entry.value).filter((value) => value !== 'noop');
    expect(values).toEqual(['round0', 'round1', 'round2', 'round3', 'round4', 'round5']);
  });
});
