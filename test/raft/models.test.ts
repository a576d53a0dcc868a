import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurableMarks } from '../../raft/core/durable-marks.ts';
import { Membership } from '../../raft/core/membership.ts';
import { type MemoryEntry, MemoryLog } from '../../raft/core/memory-log.ts';
import { Progress } from '../../raft/core/progress.ts';
import { advanceCommit } from '../../raft/core/replication.ts';
import { TermRuns } from '../../raft/core/term-runs.ts';
import { Solo } from './solo.ts';

/** The parts of the core against models that are too simple to be wrong. */
const index = fc.integer({ min: 1, max: 40 });

describe('TermRuns is a list of terms', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 4 }), rise: fc.nat(2) }),
    fc.record({ kind: fc.constant('cut' as const), from: index }),
  );

  it('over any history of appends and cuts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), index, fc.nat(9), index, (steps, at, term, end) => {
        const runs = new TermRuns([], 0);
        let model: number[] = [];
        for (const move of steps) {
          if (move.kind === 'cut') {
            runs.truncate(move.from);
            model = model.slice(0, move.from - 1);
            continue;
          }
          const newTerm = (model.at(-1) ?? 0) + move.rise;
          runs.append(model.length + move.count, newTerm);
          for (let i = 0; i < move.count; i++) model.push(newTerm);
        }
        expect(runs.lastIndex).toBe(model.length);
        expect(runs.lastTerm).toBe(model.at(-1) ?? 0);
        expect(runs.termAt(at)).toBe(model[at - 1]);
        const below = model.slice(0, at).findLastIndex((t) => t <= term) + 1;
        expect(runs.lastAtMost(at, term)).toBe(below);
        const last = Math.min(end, model.length);
        if (at > last) return;
        // A slice read back entry by entry.
        const slice = runs.slice(at, last);
        const read = slice.flatMap(({ first, term: t }, i) => {
          const next = slice[i + 1]?.first ?? last + 1;
          return Array.from({ length: next - first }, () => t);
        });
        expect(slice[0]?.first).toBe(at);
        expect(read).toEqual(model.slice(at - 1, last));
        expect(slice.every((run, i) => i === 0 || run.term !== slice[i - 1]?.term)).toBe(true);
      }),
    );
  });

  it('survives the way through a snapshot of its runs', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }), (rises) => {
        const runs = new TermRuns([], 0);
        for (const [i, rise] of rises.entries()) runs.append(i + 1, runs.lastTerm + rise);
        const copy = new TermRuns(runs.slice(1, rises.length), rises.length);
        for (let i = 0; i <= rises.length + 1; i++) expect(copy.termAt(i)).toBe(runs.termAt(i));
      }),
    );
  });
});

describe('MemoryLog is a list of entries', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('push' as const),
        rise: fc.nat(1),
        size: fc.integer({ min: 1, max: 90 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), from: index }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), to: index }) },
  );

  it('over any history, and its views are what was asked for', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.nat(),
        fc.nat(3),
        fc.integer({ min: 1, max: 300 }),
        (steps, choice, keep, maxBytes) => {
          const log = new MemoryLog();
          let model: MemoryEntry[] = [];
          let first = 1;
          for (const [i, move] of steps.entries()) {
            const last = first + model.length - 1;
            if (move.kind === 'push') {
              const entry = { term: (model.at(-1)?.term ?? 1) + move.rise, value: `v${i}`, size: move.size };
              log.push(entry);
              model.push(entry);
            } else if (move.kind === 'cut' && move.from > first && move.from <= last) {
              log.truncate(move.from);
              model = model.slice(0, move.from - first);
            } else if (move.kind === 'compact' && move.to > first && move.to <= last) {
              log.compact(move.to);
              model = model.slice(move.to - first);
              first = move.to;
            }
          }
          expect([log.firstIndex, log.lastIndex]).toEqual([first, first + model.length - 1]);
          expect(log.entries).toEqual(model);
          // Up to two places before its first entry and behind its last one.
          const at = Math.max(1, first - 2 + (choice % (model.length + 4)));
          const view = log.view(at, maxBytes);
          const asked = at < first ? [] : model.slice(at - first);
          if (asked.length === 0) {
            expect(view).toBeUndefined();
            return;
          }
          // At least one entry, and as many more as fit.
          let count = 1;
          const bytes = (n: number) => asked.slice(0, n).reduce((sum, { size }) => sum + size, 0);
          while (count < asked.length && bytes(count + 1) <= maxBytes) count++;
          expect(view).toMatchObject({ first: at, last: at + count - 1, byteLength: bytes(count) });
          expect(view?.payload).toEqual(asked.slice(0, count));
          if (first > 1) return;
          // A log that has a part of it takes the rest.
          const has = Math.min(at - 1 + keep, model.length);
          const other = new MemoryLog(model.slice(0, has));
          other.append(view as NonNullable<typeof view>);
          expect(other.entries).toEqual(model.slice(0, Math.max(has, at + count - 1)));
        },
      ),
    );
  });

  it('has equal chains exactly for equal prefixes', () => {
    const values = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const logOf = (list: readonly number[]) =>
          new MemoryLog(list.map((value) => ({ term: 1, value: `v${value}`, size: 1 })));
        const [one, two] = [logOf(a), logOf(b)];
        for (let i = 1; i <= Math.min(a.length, b.length); i++) {
          const equal = a.slice(0, i).join() === b.slice(0, i).join();
          expect(one.chainCrc(i) === two.chainCrc(i)).toBe(equal);
        }
      }),
    );
  });
});

describe('the commit index', () => {
  const peer = fc.record({
    role: fc.constantFrom('voter', 'voter', 'voter', 'learner'),
    match: fc.nat(12),
    unsynced: fc.nat(4),
    inDoubt: fc.boolean(),
  });

  it('is the highest entry of this term that a majority of all voters holds, as far as they count', () => {
    const marks = fc.record({ written: fc.nat(12), unsynced: fc.nat(4) });
    fc.assert(
      fc.property(
        fc.array(peer, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 12 }),
        marks,
        fc.boolean(),
        (peers, syncFlush, ownFrom, own, selfVotes) => {
          // Twelve entries: those before `ownFrom` are of an older term.
          const terms = Array.from({ length: 12 }, (_, i) => (i + 1 < ownFrom ? 1 : 5));
          const idsOf = (role: string) => peers.flatMap((p, i) => (p.role === role ? [`n${i + 1}`] : []));
          const voters = [...(selfVotes ? ['n0'] : []), ...idsOf('voter')];
          fc.pre(voters.length > 0);
          const solo = new Solo({ log: terms, voters, learners: idsOf('learner'), syncFlush, hardState: { term: 5 } });
          const { node } = solo;
          node.role = 'leader';
          const synced = Math.max(0, own.written - own.unsynced);
          Object.assign(node.durable, { written: own.written, synced });
          for (const [i, { match, unsynced, inDoubt }] of peers.entries()) {
            Object.assign(node.peerOf(`n${i + 1}`), {
              match,
              synced: Math.max(0, match - unsynced),
              inDoubt,
              doubtBarrier: 99,
            });
          }
          advanceCommit(node);
          const holds = (at: number): number => {
            const self = selfVotes && (syncFlush ? synced : own.written) >= at ? 1 : 0;
            const others = peers.filter(({ role, match, unsynced, inDoubt }) => {
              return role === 'voter' && !inDoubt && (syncFlush ? match - unsynced : match) >= at;
            });
            return self + others.length;
          };
          let expected = 0;
          for (let at = 1; at <= 12; at++) if (terms[at - 1] === 5 && holds(at) * 2 > voters.length) expected = at;
          expect(node.commit).toBe(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a set of members', () => {
  const move = fc.oneof(
    fc.record({
      kind: fc.constant('append' as const),
      gap: fc.integer({ min: 1, max: 3 }),
      size: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ kind: fc.constant('cut' as const), from: index }),
    fc.record({ kind: fc.constant('commit' as const), upTo: index }),
  );

  it('is that of the last entry that brings one, over any history of appends, cuts and commits', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        const ids = ['n0', 'n1', 'n2', 'n3'];
        const members = new Membership('n0', { voters: ids.slice(0, 3), learners: ['n9'] }, []);
        let model = [{ index: 0, voters: ids.slice(0, 3) }];
        let committed = 0;
        for (const m of moves) {
          const last = model.at(-1)?.index ?? 0;
          if (m.kind === 'append') {
            const set = { index: Math.max(last, committed) + m.gap, voters: ids.slice(0, m.size) };
            model.push(set);
            members.append({ ...set, learners: [] });
          } else if (m.kind === 'commit') {
            committed = Math.max(committed, Math.min(m.upTo, last));
            members.committed(committed);
          } else if (m.from > committed) {
            model = model.filter((set) => set.index < m.from);
            members.truncate(m.from);
          }
          const now = model.at(-1) as (typeof model)[number];
          expect(members.voters).toEqual(now.voters);
          expect(members.changedAt).toBe(now.index);
          expect(members.majority).toBe(Math.floor(now.voters.length / 2) + 1);
          expect(members.isLearner('n9')).toBe(now.index === 0);
          expect(members.others).toEqual(
            [...now.voters, ...(now.index === 0 ? ['n9'] : [])].filter((id) => id !== 'n0'),
          );
        }
      }),
    );
  });
});

describe('the window of a peer', () => {
  const move = fc.oneof(
    fc.record({
      kind: fc.constant('send' as const),
      count: fc.integer({ min: 1, max: 5 }),
      bytes: fc.integer({ min: 1, max: 99 }),
    }),
    fc.record({ kind: fc.constant('ack' as const), back: fc.nat(8) }),
    fc.record({ kind: fc.constant('probe' as const) }),
    fc.record({ kind: fc.constant('replicate' as const) }),
  );

  it('holds exactly what was sent and not acknowledged', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 200 }), (moves) => {
        const peer = new Progress('n1');
        let model: { last: number; bytes: number }[] = [];
        let next = 1;
        for (const m of moves) {
          if (m.kind === 'send') {
            next += m.count;
            peer.sent(next - 1, m.bytes);
            model.push({ last: next - 1, bytes: m.bytes });
          } else if (m.kind === 'ack') {
            const upTo = next - 1 - m.back;
            peer.acknowledged(upTo);
            model = model.filter(({ last }) => last > upTo);
          } else {
            model = [];
            if (m.kind === 'probe') peer.probeFrom(next);
            else peer.replicate();
          }
          expect(peer.inflightCount).toBe(model.length);
          expect(peer.inflightBytes).toBe(model.reduce((sum, { bytes }) => sum + bytes, 0));
          expect(peer.next).toBe(next);
        }
      }),
    );
  });
});

describe('the durable marks', () => {
  const move = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 3 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('persist' as const), sync: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), from: fc.integer({ min: 1, max: 15 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('finish' as const), count: fc.integer({ min: 1, max: 3 }) }),
    },
  );

  /** The model writes down which very entry each persist covered: a number that is never used again. */
  it('never count for another entry than the one that was written', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        const marks = new DurableMarks(0);
        let log: number[] = [];
        let serial = 0;
        let number = 0;
        let running: { number: number; content: number[]; sync: boolean }[] = [];
        const written = new Set<number>();
        const synced = new Set<number>();
        for (const m of moves) {
          if (m.kind === 'append') for (let i = 0; i < m.count; i++) log.push(++serial);
          else if (m.kind === 'persist') {
            marks.start(++number, log.length, m.sync);
            running.push({ number, content: [...log], sync: m.sync });
          } else if (m.kind === 'cut') {
            log = log.slice(0, m.from - 1);
            marks.truncate(m.from);
          } else {
            const done = running.splice(0, m.count);
            if (done.length === 0) continue;
            running = [...running];
            marks.finish((done.at(-1) as { number: number }).number);
            for (const { content } of done) for (const entry of content) written.add(entry);
            // An fsync covers what was written before it, too.
            const sync = done.some((persist) => persist.sync);
            if (sync) for (const { content } of done) for (const entry of content) synced.add(entry);
          }
          const prefix = (set: ReadonlySet<number>) => {
            const missing = log.findIndex((entry) => !set.has(entry));
            return missing < 0 ? log.length : missing;
          };
          expect(marks.written).toBeLessThanOrEqual(prefix(written));
          expect(marks.synced).toBeLessThanOrEqual(prefix(synced));
          // And where nothing was cut, they are exact.
          if (!moves.some(({ kind }) => kind === 'cut')) {
            expect([marks.written, marks.synced]).toEqual([prefix(written), prefix(synced)]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
