import { describe, expect, it } from 'vitest';
import { Solo } from './solo.ts';
import { World } from './world.ts';

const group = ['n0', 'n1', 'n2'];

describe('election', () => {
  it('asks for a pre-vote first and leaves the term alone (thesis 9.6)', () => {
    const solo = new Solo();
    const sent = solo.ticks(80);
    expect(sent.map((m) => [m.type, m.to, m.term])).toEqual([
      ['pre-vote', 'n1', 2],
      ['pre-vote', 'n2', 2],
    ]);
    solo.ticks(500);
    expect(solo.node.term).toBe(1);
    expect(solo.readies.some((ready) => ready.hardState)).toBe(false);
  });

  it('draws election timeouts between one and two bounds (thesis 3.4)', () => {
    for (const [random, ticks] of [
      [0, 75],
      [0.999, 149],
    ] as const) {
      const solo = new Solo({ random: () => random });
      expect(solo.ticks(ticks - 1)).toEqual([]);
      expect(solo.ticks(1)).toHaveLength(2);
    }
  });

  it('sends no vote, and counts none of its own, before the hard state is saved (safety 1)', () => {
    const solo = new Solo();
    solo.holdSaves = true;
    solo.step('vote', 'n1', { term: 2 });
    expect(solo.sent).toEqual([]);
    expect(solo.readies.at(-1)).toMatchObject({
      hardState: { term: 2, vote: 'n1' },
      messagesAfterState: [{ type: 'vote-reply', granted: true }],
    });
    const alone = new Solo({ voters: ['n0'] });
    alone.holdSaves = true;
    alone.ticks(80);
    expect(alone.node.role).toBe('candidate');
    alone.node.stateSaved(alone.readies.at(-1)?.number ?? 0);
    expect(alone.node.role).toBe('leader');
  });

  it('begins no new term while the own vote of the last one is on its way to the disk (thesis 3.9)', () => {
    const alone = new Solo({ voters: ['n0'] });
    alone.holdSaves = true;
    alone.ticks(1000);
    expect(alone.node).toMatchObject({ role: 'candidate', term: 2 });
    const saves = alone.readies.filter(({ hardState }) => hardState);
    expect(saves).toHaveLength(1);
    alone.node.stateSaved(saves[0]!.number);
    expect(alone.node).toMatchObject({ role: 'leader', term: 2 });
  });

  it('asks for the votes of an attempt whose save took longer than the timeout, and ends it a timeout later (thesis 3.9)', () => {
    const solo = new Solo();
    for (const id of ['n1', 'n2']) solo.hello(id);
    solo.holdSaves = true;
    solo.ticks(4);
    solo.step('pre-vote-reply', 'n1', { term: 2, granted: true });
    solo.ticks(1000);
    expect(solo.node).toMatchObject({ role: 'candidate', term: 2 });
    solo.node.stateSaved(solo.readies.findLast(({ hardState }) => hardState)!.number);
    solo.holdSaves = false;
    expect(solo.ticks(10).filter(({ type }) => type === 'vote')).toMatchObject([{ to: 'n1' }, { to: 'n2' }]);
    expect(solo.ticks(150)).toContainEqual(expect.objectContaining({ type: 'pre-vote', term: 3 }));
  });

  it('is won at once alone, on a disk that takes thrice the timeout to save', () => {
    const world = new World(1, ['n0'], { heartbeatMs: 10, electionTimeoutMs: 20 });
    for (const host of world.hosts.values()) host.disk.persistMs = 60;
    world.startAll();
    expect(world.settle().replica?.term).toBe(1);
    expect(world.nowMs).toBeLessThan(400);
  });

  it('gives one vote a term, the same one again (thesis 3.4)', () => {
    const solo = new Solo();
    solo.step('vote', 'n1', { term: 2 });
    solo.step('vote', 'n2', { term: 2 });
    expect(solo.last('vote-reply', 'n2')).toMatchObject({ granted: false });
    solo.step('vote', 'n1', { term: 2 });
    expect(solo.last('vote-reply', 'n1')).toMatchObject({ granted: true });
  });

  it.each([
    [3, 1, true],
    [2, 3, true],
    [2, 4, true],
    [2, 2, false],
    [1, 9, false],
  ])(
    'compares last term %i, then last index %i, with its own 2, 3: %s (thesis 3.6.1)',
    (lastTerm, lastIndex, granted) => {
      for (const type of ['pre-vote', 'vote'] as const) {
        const solo = new Solo({ log: [1, 1, 2] });
        solo.step(type, 'n1', { term: 4, lastTerm, lastIndex });
        expect(solo.last(`${type}-reply`)).toMatchObject({ granted });
      }
    },
  );

  it('refuses while it hears a leader, unless the leader itself wants it (thesis 4.2.3, 3.10)', () => {
    const solo = new Solo();
    solo.step('heartbeat', 'n1', { term: 2 });
    solo.ticks(70);
    solo.step('pre-vote', 'n2', { term: 3 });
    expect(solo.last('pre-vote-reply')).toMatchObject({ granted: false, term: 2 });
    expect(solo.step('vote', 'n2', { term: 9 })).toEqual([]);
    expect(solo.node.term).toBe(2);
    solo.step('vote', 'n2', { term: 3, transfer: true });
    expect(solo.last('vote-reply')).toMatchObject({ granted: true });
  });

  it('frees a leader that is stuck behind a candidate of a higher term (etcd: free stuck candidate)', () => {
    const solo = new Solo({ hardState: { term: 5 } });
    solo.step('heartbeat', 'n1', { term: 3 });
    expect(solo.last('append-reply', 'n1')).toMatchObject({ term: 5, rejected: true });
    const leader = new Solo().lead();
    leader.step('append-reply', 'n2', { term: 9, rejected: true, index: 0, syncedIndex: 0, sequence: 0 });
    expect(leader.node).toMatchObject({ role: 'follower', term: 9 });
  });

  it('campaigns a few ticks after the leader closed and one reconnect failed, once per election timeout (safety 4)', () => {
    const solo = new Solo({ random: () => 0.99 });
    solo.step('heartbeat', 'n1', { term: 2 });
    solo.node.closed('n1');
    expect(solo.node.leader).toBe('n1');
    expect(solo.ticks(5)).toEqual([]);
    solo.node.closed('n1');
    expect(solo.node.leader).toBeUndefined();
    solo.step('pre-vote', 'n2', { term: 3 });
    expect(solo.last('pre-vote-reply')).toMatchObject({ granted: true });
    expect(solo.ticks(3).map((m) => m.type)).toEqual(['pre-vote', 'pre-vote']);
    // The leader lives after all, and its connection breaks again.
    solo.step('heartbeat', 'n1', { term: 2 });
    solo.node.closed('n1');
    solo.node.closed('n1');
    expect(solo.ticks(10)).toEqual([]);
  });

  it('keeps the leader when a reconnect succeeds (safety 4)', () => {
    const solo = new Solo();
    solo.step('heartbeat', 'n1', { term: 2 });
    solo.node.closed('n1');
    solo.hello('n1');
    solo.node.closed('n1');
    expect(solo.node.leader).toBe('n1');
  });

  it('lets the smaller id go first when two stand at once', () => {
    const solo = new Solo();
    solo.ticks(75);
    solo.step('pre-vote', 'n1', { term: 2 });
    expect(solo.last('pre-vote-reply')).toMatchObject({ granted: false });
    solo.ticks(3);
    solo.step('pre-vote', 'n1', { term: 2 });
    expect(solo.last('pre-vote-reply')).toMatchObject({ granted: true });
  });

  it('is not kept from standing by candidates that cannot win', () => {
    const solo = new Solo({ log: [1, 2] });
    solo.ticks(70);
    solo.step('vote', 'n1', { term: 5, lastTerm: 1, lastIndex: 9 });
    expect(solo.ticks(5).some((m) => m.type === 'pre-vote')).toBe(true);
  });

  it('grants nothing in a term that its log has seen a leader of (a forgotten vote)', () => {
    const solo = new Solo({ log: [1, 3], hardState: { term: 2, vote: 'n1' } });
    expect(solo.node).toMatchObject({ term: 3, vote: '' });
    solo.step('vote', 'n2', { term: 3, lastTerm: 9, lastIndex: 9 });
    expect(solo.last('vote-reply')).toMatchObject({ granted: false });
  });

  it('steps down within the election timeout when no majority answers, and acknowledges nothing (thesis 6.2)', () => {
    const world = new World(1, group);
    world.startAll();
    const old = world.settle();
    for (const id of group) if (id !== old.id) world.cut(old.id, id);
    const index = old.propose('lost') as number;
    world.run(900);
    expect(old.replica?.status().role).not.toBe('leader');
    expect(old.replica?.commitIndex).toBeLessThan(index);
    expect(world.elect().id).not.toBe(old.id);
    world.heal();
    expect(world.run(5000, () => world.converged())).toBe(true);
    expect(old.log.entries.some((entry) => entry.value === 'lost')).toBe(false);
  });

  it('does so too where it goes on sending, hears nobody, and is asked for reads all the time (fault 4)', () => {
    const world = new World(1, group);
    world.startAll();
    const old = world.settle();
    for (const id of group) world.cuts.add(`${id}>${old.id}`);
    const answers: unknown[] = [];
    for (let ms = 0; ms < 900; ms += 10) {
      old.replica?.readIndex((refusal) => answers.push(refusal));
      world.run(10);
    }
    expect(old.replica?.status().role).not.toBe('leader');
    expect(new Set(answers)).toEqual(new Set(['not-leader']));
    expect(world.run(2000, () => world.leader() !== undefined && world.leader() !== old)).toBe(true);
  });

  it('replaces a killed leader in tens of milliseconds (architecture 2)', () => {
    const times: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const world = new World(seed, group);
      world.startAll();
      const leader = world.settle();
      world.run(3000);
      const start = world.nowMs;
      leader.crash();
      world.elect();
      times.push(world.nowMs - start);
    }
    times.sort((a, b) => a - b);
    expect(times[10]).toBeLessThan(80);
  });

  it('elects within a few milliseconds when all start together (safety 4)', () => {
    const world = new World(3, group);
    world.startAll();
    world.elect();
    expect(world.nowMs).toBeLessThan(150);
  });

  it('does not disturb the group when a long isolated follower returns (fault 5)', () => {
    const world = new World(5, group);
    world.startAll();
    const leader = world.settle();
    const { term } = leader.replica?.status() ?? { term: 0 };
    const lost = group.find((id) => id !== leader.id) as string;
    world.isolate(lost);
    world.run(60_000);
    world.heal();
    leader.propose('after');
    expect(world.run(5000, () => world.converged())).toBe(true);
    expect(leader.replica?.status()).toMatchObject({ role: 'leader', term });
  });

  it('keeps the leader when only one follower cannot reach it (fault 3)', () => {
    const world = new World(6, group);
    world.startAll();
    const leader = world.settle();
    const term = leader.replica?.term;
    world.cut(leader.id, group.find((id) => id !== leader.id) as string);
    world.run(10_000);
    expect(leader.replica?.isLeader).toBe(true);
    expect(leader.replica?.term).toBe(term);
  });

  it('lets the up-to-date node win when a stale one boots first (fault 8)', () => {
    const world = new World(8, group);
    world.startAll();
    const leader = world.settle();
    const [stale, fresh] = group.filter((id) => id !== leader.id).map((id) => world.host(id));
    world.run(500);
    stale?.crash();
    const index = leader.propose('kept') as number;
    world.run(500, () => (leader.replica?.commitIndex ?? 0) >= index);
    fresh?.crash();
    leader.crash();
    stale?.start();
    world.run(3000);
    expect(world.leader()).toBeUndefined();
    fresh?.start();
    expect(world.elect().id).toBe(fresh?.id);
    expect(world.run(3000, () => world.converged())).toBe(true);
    expect(stale?.log.entries[index - 1]?.value).toBe('kept');
  });
});
