import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurableMarks } from '../../raft/core/durable-marks.ts';
import { quorumValue } from '../../raft/core/quorum.ts';
import { TermRuns } from '../../raft/core/term-runs.ts';
import { batch, Solo } from './solo.ts';
import { World } from './world.ts';

describe('leader', () => {
  it('commits an entry of an older term only under one of its own (thesis 3.6.2, figure 8)', () => {
    const leader = new Solo({ log: [1, 2], hardState: { term: 3 } }).lead();
    expect(leader.node).toMatchObject({ term: 4, lastIndex: 3 });
    leader.ack('n1', 2);
    leader.ack('n2', 2);
    expect(leader.node.commit).toBe(0);
    leader.ack('n1', 3);
    expect(leader.node.commit).toBe(3);
  });

  it('counts its own log only as far as it is persisted (thesis 10.2.1)', () => {
    const leader = new Solo({ voters: ['n0', 'n1', 'n2', 'n3', 'n4'] });
    for (const id of ['n1', 'n2']) leader.hello(id);
    leader.ticks(4);
    for (const id of ['n1', 'n2']) leader.step('pre-vote-reply', id, { term: 2, granted: true });
    leader.holdPersists = true;
    for (const id of ['n1', 'n2']) leader.step('vote-reply', id, { granted: true });
    leader.ack('n1', 2);
    leader.ack('n2', 2);
    expect(leader.node.commit).toBe(0);
    leader.node.persisted(leader.readies.at(-1)?.number ?? 0);
    expect(leader.node.commit).toBe(2);
  });

  it('counts what is fsynced under SYNC_FLUSH, what is written under ASYNC_FLUSH (safety 7)', () => {
    for (const syncFlush of [true, false]) {
      const leader = new Solo({ syncFlush }).lead();
      leader.ack('n1', 2);
      leader.propose();
      expect(leader.last('append', 'n1')).toMatchObject({ syncFlush });
      leader.ack('n1', 3, { syncedIndex: 2 });
      expect(leader.node.commit).toBe(syncFlush ? 2 : 3);
      leader.ack('n1', 3, { syncedIndex: 3 });
      expect(leader.node.commit).toBe(3);
    }
  });

  it('fsyncs the first entry of its term, whatever the flush mode (safety 3)', () => {
    const leader = new Solo().lead();
    expect(leader.readies.filter((ready) => ready.persist).map((ready) => ready.sync)).toEqual([true]);
    leader.propose();
    expect(leader.readies.at(-1)).toMatchObject({ persist: true, sync: false });
  });

  it('sends one append for all entries of a turn, the same view to every peer', () => {
    const leader = new Solo({ maxAppendBytes: 1 << 20 }).lead();
    leader.ack('n1', 2);
    leader.ack('n2', 2);
    const sent = leader.propose(1000);
    expect(sent).toHaveLength(2);
    const [a, b] = sent;
    expect(a).toMatchObject({ type: 'append', prevIndex: 2, entries: { first: 3, last: 1002 } });
    expect(a?.type === 'append' && b?.type === 'append' && a.entries === b.entries).toBe(true);
  });

  it('fills the window of a peer and goes on when it is freed (thesis 10.2.1)', () => {
    const leader = new Solo({ maxAppendBytes: 100 }).lead();
    leader.ack('n1', 2);
    expect(leader.propose(9).filter((m) => m.to === 'n1')).toHaveLength(4);
    expect(leader.ack('n1', 4).filter((m) => m.to === 'n1')).toHaveLength(2);
  });

  it('forgets a match at a hello: acknowledgements from before it no longer count (safety 1)', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.propose();
    const { sequence } = leader.node;
    const sent = leader.hello('n1', { incarnation: 2, lastIndex: 1, lastTerm: 1 });
    expect(leader.node.peers.get('n1')).toMatchObject({ match: 0, state: 'probe', next: 2 });
    expect(sent.find((m) => m.type === 'append')).toMatchObject({ prevIndex: 1 });
    leader.ack('n1', 3, { sequence });
    expect(leader.node.commit).toBe(2);
    leader.ack('n1', 3);
    expect(leader.node.commit).toBe(3);
  });

  it('finds the place where logs part by whole terms (thesis 3.5)', () => {
    const leader = new Solo({ log: [1, 1, 1, 5, 5, 5], hardState: { term: 6 } }).lead();
    const [sent] = leader.step('append-reply', 'n1', {
      sequence: leader.node.sequence,
      rejected: true,
      index: 6,
      syncedIndex: 0,
      hintIndex: 5,
      hintTerm: 3,
    });
    expect(sent).toMatchObject({ type: 'append', prevIndex: 3, prevTerm: 1 });
  });

  it('asks after a lost append with the next heartbeat, and sends it again', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.propose();
    const { round } = leader.node;
    leader.step('heartbeat-reply', 'n1', { round });
    const [check] = leader.step('heartbeat-reply', 'n1', { round });
    expect(check).toMatchObject({ type: 'append', prevIndex: 3, entries: undefined });
    const { sequence } = leader.node;
    const refusal = { sequence, rejected: true, index: 3, syncedIndex: 0, hintIndex: 2, hintTerm: 2 };
    const [again] = leader.step('append-reply', 'n1', refusal);
    expect(again).toMatchObject({ prevIndex: 2, entries: { first: 3, last: 3 } });
  });

  it('reports a peer that is behind the oldest kept entry, and sends it heartbeats only', () => {
    const leader = new Solo({ log: [1, 1, 1, 1] }).lead();
    leader.ack('n1', 5);
    leader.log.compact(4);
    leader.hello('n2', { incarnation: 2, lastIndex: 1, lastTerm: 1 });
    const probe = leader.last('append', 'n2');
    expect(probe).toMatchObject({ prevIndex: 3 });
    const { sequence } = probe as { sequence: number };
    const rejection = { sequence, rejected: true, index: 3, syncedIndex: 0, hintIndex: 1, hintTerm: 1, inDoubt: false };
    leader.step('append-reply', 'n2', rejection);
    expect(leader.node.peers.get('n2')?.state).toBe('behind');
    expect(leader.propose(2).filter((m) => m.to === 'n2')).toEqual([]);
    expect(leader.ticks(10).some((m) => m.to === 'n2' && m.type === 'heartbeat')).toBe(true);
    leader.hello('n2', { incarnation: 3, lastIndex: 5, lastTerm: 2 });
    expect(leader.node.peers.get('n2')?.state).toBe('probe');
  });

  it('tries the oldest kept entry before it calls a peer behind: the hello may be from long ago (found by the simulator)', () => {
    const leader = new Solo({ log: [1, 1, 1, 1] }).lead();
    leader.ack('n1', 5);
    leader.log.compact(4);
    leader.hello('n2', { incarnation: 2, lastIndex: 1, lastTerm: 1 });
    leader.ack('n2', 3);
    expect(leader.node.peers.get('n2')?.state).toBe('replicate');
    expect(leader.last('append', 'n2')).toMatchObject({ prevIndex: 3, entries: { first: 4, last: 5 } });
  });

  it('loads what is no longer in memory, and ignores an answer that came too late', () => {
    const leader = new Solo({ log: [1, 1, 1, 1] }).lead();
    leader.ack('n1', 1);
    const real = leader.log.view.bind(leader.log);
    leader.log.view = (first, max) => (first < 5 ? undefined : real(first, max));
    leader.hello('n1', { incarnation: 2, lastIndex: 1, lastTerm: 1 });
    leader.ack('n1', 1);
    const [load] = leader.readies.at(-1)?.loads ?? [];
    expect(load).toMatchObject({ to: 'n1', first: 2 });
    leader.node.loaded('n1', leader.node.term, 2, batch(2, [1, 1, 1]));
    expect(leader.run().find((m) => m.type === 'append')).toMatchObject({ prevIndex: 1, entries: { last: 4 } });
    leader.node.loaded('n1', leader.node.term, 2, batch(2, [1, 1, 1]));
    expect(leader.run().filter((m) => m.type === 'append')).toEqual([]);
  });

  it('tells followers of a commit that no append carries, within one tick', () => {
    const leader = new Solo().lead();
    leader.ack('n1', 2);
    leader.ack('n2', 2);
    expect(leader.ticks(1)).toMatchObject([
      { type: 'heartbeat', to: 'n1', commit: 2 },
      { type: 'heartbeat', to: 'n2', commit: 2 },
    ]);
    expect(leader.ticks(1)).toEqual([]);
  });
});

describe('follower', () => {
  it('cuts a conflicting tail, and fsyncs the cut before it acknowledges (thesis 3.5, safety 3)', () => {
    const solo = new Solo({ log: [1, 1, 1] });
    solo.holdPersists = true;
    solo.step('append', 'n1', { term: 2, prevIndex: 1, entries: batch(2, [2]) });
    expect(solo.log.lastIndex).toBe(2);
    expect(solo.readies.at(-1)).toMatchObject({ persist: true, sync: true });
    expect(solo.last('append-reply')).toBeUndefined();
    solo.node.persisted(solo.readies.at(-1)?.number ?? 0);
    solo.run();
    expect(solo.last('append-reply')).toMatchObject({ index: 2, syncedIndex: 2, rejected: false });
  });

  it('fsyncs a cut also where the entry that takes the place is of the term before it (safety 3)', () => {
    const solo = new Solo({ log: [1, 1, 2] });
    solo.step('append', 'n1', { term: 3, prevIndex: 2, entries: batch(3, [1]) });
    expect(solo.readies.at(-2)).toMatchObject({
      writes: [{ kind: 'truncate', from: 3 }, {}],
      persist: true,
      sync: true,
    });
  });

  it('does not shorten its log for a late or repeated append (thesis 3.5)', () => {
    const solo = new Solo();
    solo.step('append', 'n1', { term: 2, sequence: 1, entries: batch(2, [2, 2, 2]) });
    solo.step('append', 'n1', { term: 2, sequence: 2, entries: batch(2, [2]) });
    expect(solo.log.lastIndex).toBe(4);
    expect(solo.last('append-reply')).toMatchObject({ index: 4, sequence: 2 });
  });

  it('never counts an old write for the entry that took its place (the ABA case of asynchronous writes)', () => {
    const solo = new Solo();
    solo.holdPersists = true;
    solo.step('append', 'n1', { term: 2, entries: batch(2, [2, 2], 'old') });
    const old = solo.readies.at(-1)?.number ?? 0;
    solo.step('append', 'n2', { term: 3, entries: batch(2, [3, 3], 'new') });
    solo.node.persisted(old);
    solo.run();
    expect(solo.node.durable).toMatchObject({ written: 1, synced: 1 });
    expect(solo.last('append-reply', 'n2')?.index ?? 0).toBeLessThan(2);
    solo.node.persisted(solo.readies.at(-1)?.number ?? 0);
    solo.run();
    expect(solo.last('append-reply', 'n2')).toMatchObject({ index: 3, term: 3 });
  });

  it('commits only as far as its log is known to be that of the leader', () => {
    const solo = new Solo({ log: [1, 1, 1] });
    solo.step('heartbeat', 'n1', { term: 2, commit: 3 });
    expect(solo.node.commit).toBe(0);
    solo.step('append', 'n1', { term: 2, prevIndex: 2, commit: 3 });
    expect(solo.node.commit).toBe(2);
  });

  it('says where the logs may agree', () => {
    const solo = new Solo({ log: [1, 1, 4, 4] });
    solo.step('append', 'n1', { term: 5, prevIndex: 9, prevTerm: 3 });
    expect(solo.last('append-reply')).toMatchObject({ rejected: true, index: 9, hintIndex: 2, hintTerm: 1 });
  });

  it('obeys the flush mode of the leader (safety 7)', () => {
    const solo = new Solo();
    solo.step('append', 'n1', { term: 2, entries: batch(2, [2]) });
    solo.step('append', 'n1', { term: 2, prevIndex: 2, prevTerm: 2, entries: batch(3, [2]) });
    expect(solo.last('append-reply')).toMatchObject({ index: 3, syncedIndex: 2 });
    solo.step('append', 'n1', { term: 2, prevIndex: 3, prevTerm: 2, syncFlush: true });
    expect(solo.last('append-reply')).toMatchObject({ index: 3, syncedIndex: 3 });
  });

  it('takes a batch that reaches below its oldest kept entry', () => {
    const solo = new Solo({ log: [1, 1, 1, 1] });
    solo.step('append', 'n1', { term: 2, prevIndex: 4, commit: 4 });
    solo.step('append', 'n1', { term: 2, prevIndex: 1, prevTerm: 1, entries: batch(2, [1, 1, 1, 2]) });
    expect(solo.log.lastIndex).toBe(5);
  });

  it('answers many appends of a turn once', () => {
    const solo = new Solo();
    const append = {
      type: 'append',
      from: 'n1',
      to: 'n0',
      term: 2,
      prevChainCrc: 0,
      commit: 0,
      syncFlush: false,
    } as const;
    for (let i = 1; i <= 5; i++) {
      const prevTerm = i === 1 ? 1 : 2;
      solo.node.step({ ...append, sequence: i, prevIndex: i, prevTerm, entries: batch(i + 1, [2]) });
    }
    expect(solo.run()).toMatchObject([{ type: 'append-reply', index: 6, sequence: 5 }]);
  });
});

describe('parts', () => {
  const terms = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 30 }).map((list) => list.sort((a, b) => a - b));
  const runsOf = (list: readonly number[]) => {
    const runs = new TermRuns([], 0);
    list.forEach((term, i) => {
      runs.append(i + 1, term);
    });
    return runs;
  };

  it('keeps terms as runs, equal to a plain list', () => {
    fc.assert(
      fc.property(terms, fc.nat(35), fc.nat(6), fc.nat(30), (list, index, term, cut) => {
        const runs = runsOf(list);
        const plain = [0, ...list];
        expect(runs.termAt(index)).toBe(plain[index]);
        const below = plain.map((t, i) => (i <= index && t <= term ? i : 0));
        expect(runs.lastAtMost(index, term)).toBe(Math.max(...below));
        runs.truncate(cut + 1);
        expect(runs.lastIndex).toBe(Math.min(list.length, cut));
        expect(runs.lastTerm).toBe(plain[runs.lastIndex]);
      }),
    );
  });

  it('finds the first difference of two logs', () => {
    fc.assert(
      fc.property(terms, terms, fc.integer({ min: 1, max: 10 }), (own, other, from) => {
        const runs = runsOf(other).slice(1, other.length);
        const at = other.findIndex((term, i) => i + 1 >= from && own[i] !== term);
        expect(runsOf(own).firstDifference(runs, other.length, from)).toBe(at < 0 ? undefined : at + 1);
      }),
    );
  });

  it('takes the value that a quorum reaches', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(9), { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 1, max: 7 }),
        (list, needed) => {
          const reached = (value: number) => list.filter((v) => v >= value).length >= needed;
          const value = quorumValue(Float64Array.from(list), list.length, needed);
          if (list.length < needed) expect(value).toBe(0);
          else expect([reached(value), reached(value + 1)]).toEqual([true, false]);
        },
      ),
    );
  });

  it('finishes persists in order and raises the fsynced mark only by a persist that asked for it', () => {
    const marks = new DurableMarks(5);
    marks.start(1, 6, false);
    marks.start(2, 7, true);
    marks.start(3, 8, false);
    marks.finish(1);
    expect(marks).toMatchObject({ written: 6, synced: 5 });
    marks.finish(3);
    expect(marks).toMatchObject({ written: 8, synced: 8 });
    marks.truncate(3);
    expect(marks).toMatchObject({ written: 2, synced: 2 });
  });
});

describe('group', () => {
  it('repairs a follower whose log grew apart, byte for byte (thesis 3.5)', () => {
    const world = new World(11, ['n0', 'n1', 'n2']);
    world.startAll();
    const old = world.settle();
    world.isolate(old.id);
    for (let i = 0; i < 20; i++) old.propose(`dead${i}`);
    world.run(3000, () => world.leader() !== undefined && world.leader() !== old);
    const leader = world.leader();
    for (let i = 0; i < 5; i++) leader?.propose(`live${i}`);
    world.run(500);
    world.heal();
    expect(world.run(5000, () => world.converged())).toBe(true);
    expect(old.log.entries).toEqual(leader?.log.entries);
  });
});
