import { describe, expect, it } from 'vitest';
import { MemberChanges } from '../../raft/driver/member-changes.ts';
import type { MembersRequest } from '../../raft/index.ts';
import { batch, Solo } from './solo.ts';
import { type Host, World } from './world.ts';

const ids = ['n0', 'n1', 'n2', 'n3'];
const founders = ids.slice(0, 3);

/** A settled group of n0, n1, n2; n3 is up, empty, and no member. */
function start(seed: number): { world: World; leader: Host } {
  const world = new World(seed, ids, { voters: founders });
  world.startAll();
  return { world, leader: world.settle() };
}

/** Asks for a change and waits for its outcome: 'done', or why not. */
function change(world: World, host: Host, request: MembersRequest, ms = 3000): string | undefined {
  let outcome: string | undefined;
  host.replica?.changeMembers(request, (refusal) => {
    outcome = refusal ?? 'done';
  });
  world.run(ms, () => outcome !== undefined);
  return outcome;
}

/** What `changeMembers` stands on, over one core. */
function changesOf(solo: Solo): MemberChanges {
  return new MemberChanges(solo.node, (members) => {
    const index = solo.log.push({ term: solo.node.term, value: 'members', size: 100, members });
    solo.node.appended(index, members);
    return index;
  });
}

/** A leader of n0, n1, n2 that is to replace n1 by the learner n3, whose promotion, entry 4, is appended; and what it answers. */
function replacing() {
  const solo = new Solo().lead();
  solo.ack('n1', 2);
  solo.hello('n3');
  solo.change({ kind: 'add-learner', id: 'n3' });
  for (const id of ['n1', 'n2', 'n3']) solo.ack(id, 3);
  const changes = changesOf(solo);
  const outcomes: unknown[] = [];
  changes.request({ kind: 'replace', id: 'n1', by: 'n3' }, (refusal, index) => outcomes.push([refusal, index]));
  solo.run();
  return { solo, changes, outcomes };
}

const others = (leader: Host) => founders.filter((id) => id !== leader.id);

describe('changes of members (thesis chapter 4)', () => {
  it('adds an empty member, makes it whole, and lets it vote', () => {
    const { world, leader } = start(1);
    for (let i = 0; i < 50; i++) leader.propose(`v${i}`);
    expect(change(world, leader, { kind: 'add-learner', id: 'n3' })).toBe('done');
    expect(world.run(3000, () => world.converged())).toBe(true);
    expect(world.host('n3').log.entries).toEqual(leader.log.entries);
    expect(change(world, leader, { kind: 'promote', id: 'n3' })).toBe('done');
    world.run(200);
    for (const host of world.hosts.values()) {
      expect(host.replica?.status()).toMatchObject({ voters: ids, learners: [] });
      expect(host.memberSets.map(({ voters, learners }) => [voters.length, learners.length])).toEqual([
        [3, 1],
        [4, 0],
      ]);
    }
    // It is needed now: two of four are no majority.
    const [a, b] = others(leader);
    world.host(a as string).crash();
    const index = leader.propose('with three') as number;
    expect(world.run(1000, () => (leader.replica?.commitIndex ?? 0) >= index)).toBe(true);
    world.host(b as string).crash();
    const more = leader.propose('with two') as number;
    world.run(500);
    expect(leader.replica?.commitIndex).toBeLessThan(more);
  });

  it('answers each of two changes, the second of which is asked for in the turn in which the first is committed', () => {
    const { world, leader } = start(14);
    const answers: string[] = [];
    const ask = (id: string) => {
      leader.replica?.changeMembers({ kind: 'add-learner', id }, (refusal) =>
        answers.push(`${id} ${refusal ?? 'done'}`),
      );
    };
    ask('n3');
    const index = leader.log.lastIndex;
    expect(world.run(1000, () => (leader.replica?.commitIndex ?? 0) >= index)).toBe(true);
    expect(answers).toEqual([]);
    ask('n4');
    world.run(1000);
    expect(answers).toEqual(['n3 done', 'n4 done']);
  });

  it('replaces a member that is gone for good, and then survives the loss of another', () => {
    const { world, leader } = start(2);
    const [dead, last] = others(leader) as [string, string];
    world.host(dead).crash();
    expect(change(world, leader, { kind: 'add-learner', id: 'n3' })).toBe('done');
    world.run(500);
    expect(change(world, leader, { kind: 'replace', id: dead, by: 'n3' })).toBe('done');
    expect(leader.replica?.status().voters).toEqual([leader.id, last, 'n3'].sort());
    world.host(last).crash();
    const index = leader.propose('kept') as number;
    expect(world.run(1000, () => (leader.replica?.commitIndex ?? 0) >= index)).toBe(true);
  });

  it('tells where a replacement has stopped halfway, and does not pass that for nothing', () => {
    const { solo, changes, outcomes } = replacing();
    for (const id of ['n1', 'n2']) solo.ack(id, 4);
    for (const id of ['n2', 'n3']) solo.node.closed(id);
    changes.check();
    const why = 'of the 3 voters then only 1 would be at work, and 2 decide';
    expect(outcomes).toEqual([[`n3 is a voter now, but n1 still is one: ${why}`, 4]]);
    expect(solo.node.members.voters).toEqual(['n0', 'n1', 'n2', 'n3']);
  });

  it('does not say that a replaced member still is one where leadership is lost before the commit of its removal', () => {
    const { solo, changes, outcomes } = replacing();
    for (const id of ['n1', 'n2']) solo.ack(id, 4);
    changes.check();
    expect(solo.node.members.voters).toEqual(['n0', 'n2', 'n3']);
    solo.step('heartbeat', 'n2', { term: 3 });
    changes.check();
    const why = 'outcome unknown: this node leads no longer';
    expect(outcomes).toEqual([[`n3 is a voter now, but whether n1 still is one is open: ${why}`, 5]]);
  });

  it('replaces no stranger, and by no stranger', () => {
    const { world, leader } = start(3);
    expect(change(world, leader, { kind: 'add-learner', id: 'n3' })).toBe('done');
    world.run(500);
    expect(change(world, leader, { kind: 'replace', id: 'n9', by: 'n3' })).toBe('n9 is no voter');
    expect(change(world, leader, { kind: 'replace', id: 'n1', by: 'n9' })).toBe('n9 is no learner');
    expect(leader.replica?.status()).toMatchObject({ voters: founders, learners: ['n3'] });
  });

  it('hands over within a round trip when the leader removes itself, and it stays out (thesis 4.2.2)', () => {
    const { world, leader } = start(4);
    world.run(500);
    const begin = world.nowMs;
    expect(change(world, leader, { kind: 'remove', id: leader.id })).toBe('done');
    expect(world.run(1000, () => world.leader() !== undefined && world.leader() !== leader)).toBe(true);
    expect(world.nowMs - begin).toBeLessThan(50);
    const next = world.leader();
    const term = next?.replica?.term;
    world.run(10_000);
    expect(world.leader()).toBe(next);
    expect(next?.replica?.term).toBe(term);
    expect(leader.replica?.status()).toMatchObject({ role: 'follower', voters: others(leader) });
  });

  it('is not disturbed by a removed member that knows nothing of it (thesis 4.2.3)', () => {
    const { world, leader } = start(5);
    const [removed] = others(leader) as [string];
    world.isolate(removed);
    expect(change(world, leader, { kind: 'remove', id: removed })).toBe('done');
    const { term } = leader.replica as { term: number };
    world.heal();
    world.run(30_000);
    expect(leader.replica).toMatchObject({ isLeader: true, term });
    expect(world.host(removed).replica?.status()).toMatchObject({ voters: founders, membersIndex: 0 });
    // Its votes would not help either: with the leader gone, the rest of the new set waits for it.
    leader.crash();
    world.run(10_000);
    expect(world.leader()).toBeUndefined();
    leader.start();
    world.elect();
    expect(change(world, world.leader() as Host, { kind: 'add-learner', id: removed })).toBe('done');
    expect(world.run(3000, () => world.converged())).toBe(true);
  });

  it('does not know the outcome when leadership is lost before the commit', () => {
    const { world, leader } = start(6);
    world.isolate(leader.id);
    expect(change(world, leader, { kind: 'add-learner', id: 'n3' })).toBe('outcome unknown: this node leads no longer');
    expect(leader.replica?.status().learners).toEqual(['n3']);
    world.heal();
    world.run(3000);
    expect(leader.replica?.status().learners).toEqual([]);
    expect(leader.memberSets.map(({ learners }) => learners)).toEqual([['n3'], []]);
  });

  it('does not know the outcome where another leader has cut the entry, and committed one in its place', () => {
    const solo = new Solo().lead();
    solo.ack('n1', 2);
    const changes = changesOf(solo);
    const outcomes: unknown[] = [];
    changes.request({ kind: 'add-learner', id: 'n3' }, (refusal, index) => outcomes.push([refusal, index]));
    solo.run();
    solo.step('append', 'n1', { term: 3, prevIndex: 2, prevTerm: 2, commit: 3, entries: batch(3, [3]) });
    expect(solo.node.commit).toBe(3);
    changes.check();
    expect(outcomes).toEqual([['outcome unknown: this node leads no longer', 3]]);
  });

  it('is refused where a majority would be at work only with a member in doubt', () => {
    const solo = new Solo().lead();
    solo.ack('n1', 2);
    const remove = () => solo.node.checkChange({ kind: 'remove', id: 'n1' });
    expect(remove()).toEqual({ voters: ['n0', 'n2'], learners: [] });
    solo.hello('n2', { incarnation: 2, inDoubt: true });
    expect(remove()).toBe('of the 2 voters then only 1 would be at work, and 2 decide');
  });

  it('is refused by a follower and by a stopped one, and unknown where it was under way', () => {
    const { world, leader } = start(7);
    const follower = world.host(others(leader)[0] as string);
    expect(change(world, follower, { kind: 'remove', id: 'n0' }, 0)).toBe('not-leader');
    const { replica } = leader;
    const outcomes: unknown[] = [];
    world.isolate(leader.id);
    replica?.changeMembers({ kind: 'add-learner', id: 'n3' }, (refusal) => outcomes.push(refusal));
    leader.crash();
    replica?.changeMembers({ kind: 'add-learner', id: 'n3' }, (refusal) => outcomes.push(refusal));
    expect(outcomes).toEqual(['outcome unknown: stopped', 'stopped']);
  });

  it('starts with the set of its log, not with that of the configuration', () => {
    const { world, leader } = start(8);
    expect(change(world, leader, { kind: 'add-learner', id: 'n3' })).toBe('done');
    world.run(500);
    expect(change(world, leader, { kind: 'promote', id: 'n3' })).toBe('done');
    world.run(500);
    for (const host of world.hosts.values()) host.crash();
    for (const host of world.hosts.values()) {
      host.start();
      expect(host.replica?.status().voters).toEqual(ids);
    }
    expect(world.elect().replica?.status().voters).toEqual(ids);
  });
});

it.each([
  [true, 'n3 may lack entries that it acknowledged'],
  [false, undefined],
])('a learner votes when it is whole: in doubt %s', (inDoubt, refusal) => {
  const leader = new Solo().lead();
  leader.ack('n1', 2);
  leader.change({ kind: 'add-learner', id: 'n3' });
  leader.ack('n1', 3);
  leader.ack('n2', 3);
  leader.hello('n3', { inDoubt });
  leader.ack('n3', 3, { inDoubt });
  const outcome = leader.node.checkChange({ kind: 'promote', id: 'n3' });
  expect(typeof outcome === 'string' ? outcome : undefined).toBe(refusal);
});

it.each([false, true])(
  'a learner may vote that lacks less than came since the last heartbeat; reads meanwhile: %s',
  (reads) => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.change({ kind: 'add-learner', id: 'n3' });
    leader.ack('n1', 3);
    leader.ack('n2', 3);
    leader.hello('n3');
    leader.ack('n3', 3);
    leader.ticks(10);
    for (const id of ['n1', 'n2', 'n3']) leader.step('heartbeat-reply', id, { round: leader.node.round });
    leader.propose();
    leader.ack('n1', 4);
    if (reads) leader.node.readIndex();
    leader.run();
    expect(leader.node.checkChange({ kind: 'promote', id: 'n3' })).toBeTypeOf('object');
    leader.ticks(10);
    expect(leader.node.checkChange({ kind: 'promote', id: 'n3' })).toBe('n3 has not caught up: it lacks 1 entries');
  },
);
