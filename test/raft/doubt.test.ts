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

  it('is in doubt until the end of its doubt is durable: else it may acknowledge what commits, and grant no vote to who has it after its next start', () => {
    const solo = new Solo({ inDoubt: true, log: [1, 1] });
    solo.step('append', 'n1', { term: 1, prevIndex: 2, entries: batch(3, [1]) });
    solo.holdSaves = true;
    const replies = () => solo.readies.at(-1)?.messagesAfterState;
    for (let i = 0; i < 2; i++) solo.step('doubt-end', 'n1', { index: 3 });
    expect(solo.readies.filter(({ doubt }) => doubt === false)).toHaveLength(1);
    solo.step('append', 'n1', { term: 1, prevIndex: 3, entries: batch(4, [1]) });
    expect(replies()).toMatchObject([{ type: 'append-reply', index: 4, syncedIndex: 4, inDoubt: true }]);
    solo.step('heartbeat', 'n1', { term: 1 });
    expect(replies()).toMatchObject([{ type: 'heartbeat-reply', inDoubt: true }]);
    solo.node.doubtSaved();
    solo.run();
    expect(replies()).toMatchObject([{ type: 'append-reply', index: 4, inDoubt: false }]);
  });

  it('saves no more that its store is fresh once the end of its doubt is on its way, before which and behind which a term may be saved', () => {
    const solo = new Solo({ log: [], hardState: { fresh: true } });
    solo.step('append', 'n1', { term: 1, prevIndex: 0, prevTerm: 0, entries: batch(1, [1]) });
    const saved = () => solo.readies.findLast(({ hardState }) => hardState)?.hardState;
    expect(saved()).toEqual({ term: 1, vote: '', fresh: true });
    solo.holdSaves = true;
    solo.step('doubt-end', 'n1', { index: 1 });
    solo.step('heartbeat', 'n2', { term: 2 });
    expect(saved()).toEqual({ term: 2, vote: '', fresh: false });
    expect(solo.node).toMatchObject({ inDoubt: true, fresh: true });
    solo.node.doubtSaved();
    expect(solo.node).toMatchObject({ inDoubt: false, fresh: false });
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

  it('founds nothing by a majority where the last one comes with the history of the group while the vote runs', () => {
    for (const inDoubt of [false, true]) {
      const solo = new Solo({ log: [], bootstrapWithMajority: true, hardState: { fresh: true, term: 0 } });
      solo.hello('n1', { inDoubt: true, fresh: true });
      solo.ticks(300);
      expect(solo.node.role).toBe('candidate');
      solo.hello('n2', { inDoubt, lastIndex: 1000, lastTerm: 5 });
      solo.step('doubt-vote-reply', 'n1', { granted: true, inDoubt: true });
      expect(solo.node.role).not.toBe('leader');
    }
  });

  it('waives nobody by bootstrapWithMajority where there is more than a founder has, or a member that was made whole', () => {
    for (const { log, inDoubt } of [
      { log: [1, 1], inDoubt: true },
      { log: [1], inDoubt: false },
    ]) {
      const solo = new Solo({ log, inDoubt, bootstrapWithMajority: true });
      solo.hello('n1', { inDoubt: true });
      solo.ticks(300);
      expect(solo.last('pre-vote')).toBeDefined();
      expect(solo.last('doubt-vote')).toBeUndefined();
    }
  });

  it('founds by a majority with the founder whose entry stands, though an empty one is there', () => {
    const solo = new Solo({ inDoubt: true, log: [1], bootstrapWithMajority: true });
    solo.hello('n1', { inDoubt: true, lastIndex: 0, lastTerm: 0 });
    solo.hello('n2', { inDoubt: true, fresh: true, lastIndex: 0, lastTerm: 0 });
    solo.ticks(300);
    solo.step('doubt-vote-reply', 'n2', { granted: false, inDoubt: true, fresh: true });
    solo.step('doubt-vote-reply', 'n1', { granted: true, inDoubt: true });
    expect(solo.node.role).toBe('leader');
    const empty = new Solo({ log: [], bootstrapWithMajority: true, hardState: { fresh: true, term: 0 } });
    empty.hello('n1', { inDoubt: true, lastIndex: 1, lastTerm: 1 });
    empty.hello('n2', { inDoubt: true });
    expect(empty.ticks(300).some(({ type }) => type === 'doubt-vote')).toBe(false);
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
