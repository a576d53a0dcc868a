import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../../raft/core/memory-log.ts';
import type { Message } from '../../raft/core/types.ts';
import type { LogDamage, PortError } from '../../raft/driver/ports.ts';
import { Replica } from '../../raft/driver/replica.ts';
import { replicaDefaults } from '../../raft/driver/replica-config.ts';
import { batch } from './solo.ts';

type Done = (error: PortError | undefined) => void;

/** A replica n0 of three whose disk answers by hand. */
function start(voters = ['n0', 'n1', 'n2'], inDoubt = false) {
  const persists: { sync: boolean; done: Done }[] = [];
  const saves: Done[] = [];
  const sent: Message[] = [];
  const turns: (() => void)[] = [];
  const fatals: PortError[] = [];
  const applied: number[] = [];
  const readyTerms: number[] = [];
  const lag = { applyTo: Number.POSITIVE_INFINITY };
  const order: string[] = [];
  const log = Object.assign(new MemoryLog([{ term: 1, value: 'e1', size: 100 }]), {
    persist: (sync: boolean, done: (error: PortError | undefined, upTo: number) => void): void => {
      order.push('persist');
      persists.push({ sync, done: (error) => done(error, log.lastIndex) });
    },
    load: () => {},
    damage: undefined as LogDamage | undefined,
  });
  const replica = new Replica(
    { ...replicaDefaults, id: 'n0', voters },
    { hardState: { term: 1, vote: '', fresh: false }, inDoubt, appliedIndex: 0 },
    {
      log,
      hardState: { save: (_state, done) => saves.push(done), saveDoubt: (_doubt, done) => saves.push(done) },
      transport: {
        send: (message) => {
          order.push(message.type);
          sent.push(message);
        },
        flush: () => order.push('flush'),
      },
      stateMachine: {
        committed: (index) => {
          order.push('apply');
          applied.push(Math.min(index, lag.applyTo));
          return Math.min(index, lag.applyTo);
        },
        roleChanged: () => {},
        leaderReady: (term) => readyTerms.push(term),
        appendNoop: (term) => log.push({ term, value: 'noop', size: 100 }),
        fatal: (error) => fatals.push(error),
      },
      scheduler: { endOfTurn: (callback) => turns.push(callback), random: () => 0, monotonicMs: () => 0 },
    },
  );
  const turn = () => {
    for (const callback of turns.splice(0)) callback();
  };
  const base = { from: 'n1', to: 'n0', prevChainCrc: 0, commit: 0, syncFlush: false } as const;
  const append = (term: number, sequence: number, prevIndex: number, prevTerm: number, terms: number[], crc = 0) => {
    const entries = terms.length > 0 ? batch(prevIndex + 1, terms) : undefined;
    replica.receive({ ...base, type: 'append', term, sequence, prevIndex, prevTerm, entries, prevChainCrc: crc });
  };
  const propose = (value: string) => {
    log.push({ term: replica.term, value, size: 100 });
    replica.appended();
  };
  const ticks = (count: number) => {
    for (let i = 0; i < count; i++) {
      replica.tick();
      turn();
    }
  };
  replica.start();
  turn();
  const rest = { turn, append, propose, ticks };
  return { replica, log, persists, saves, sent, order, fatals, applied, readyTerms, lag, ...rest };
}

/** The same as leader of a group of one, term 2, its first entry persisted. */
function lead() {
  const run = start(['n0']);
  run.ticks(80);
  run.saves.shift()?.(undefined);
  run.turn();
  run.persists.shift()?.done(undefined);
  run.turn();
  return run;
}

describe('replica', () => {
  it('lets a vote leave only when the hard state is saved, and later replies not before it', () => {
    const { replica, saves, sent, turn } = start();
    replica.receive({ type: 'vote', from: 'n1', to: 'n0', term: 2, lastIndex: 1, lastTerm: 1, transfer: true });
    turn();
    replica.receive({ type: 'heartbeat', from: 'n1', to: 'n0', term: 2, commit: 0, round: 1 });
    turn();
    expect(sent).toEqual([]);
    saves.shift()?.(undefined);
    expect(sent.map((m) => m.type)).toEqual(['vote-reply', 'heartbeat-reply']);
  });

  it('says that it is in doubt until the end of that is saved, and keeps no reply back for it', () => {
    const { replica, append, persists, saves, sent, turn } = start(undefined, true);
    append(1, 1, 1, 1, [1]);
    turn();
    persists.shift()?.done(undefined);
    turn();
    replica.receive({ type: 'doubt-end', from: 'n1', to: 'n0', term: 1, index: 2 });
    turn();
    append(1, 2, 2, 1, []);
    turn();
    expect(sent.at(-1)).toMatchObject({ type: 'append-reply', sequence: 2, index: 2, inDoubt: true });
    saves.shift()?.(undefined);
    turn();
    expect(sent.at(-1)).toMatchObject({ type: 'append-reply', sequence: 2, index: 2, inDoubt: false });
  });

  it('sends what others wait for before it writes and applies', () => {
    const { replica, append, persists, saves, order, turn } = start();
    append(2, 1, 1, 1, [2]);
    turn();
    saves.shift()?.(undefined);
    persists.shift()?.done(undefined);
    replica.receive({ type: 'heartbeat', from: 'n1', to: 'n0', term: 2, commit: 2, round: 1 });
    append(2, 2, 2, 2, [2]);
    order.length = 0;
    turn();
    expect(order).toEqual(['heartbeat-reply', 'append-reply', 'flush', 'persist', 'apply']);
  });

  it('keeps one persist in flight and batches what comes meanwhile', () => {
    const { append, persists, sent, saves, turn } = start();
    append(2, 1, 1, 1, [2]);
    turn();
    saves.shift()?.(undefined);
    append(2, 2, 2, 2, [2]);
    turn();
    append(2, 3, 3, 2, [2]);
    turn();
    expect(persists).toHaveLength(1);
    persists.shift()?.done(undefined);
    expect(persists).toHaveLength(1);
    turn();
    expect(sent.at(-1)).toMatchObject({ type: 'append-reply', index: 2 });
    persists.shift()?.done(undefined);
    turn();
    expect(sent.at(-1)).toMatchObject({ type: 'append-reply', index: 4, sequence: 3 });
  });

  it('executes one Ready for everything of a turn', () => {
    const { propose, persists, turn, applied } = lead();
    for (let i = 0; i < 100; i++) propose(`v${i}`);
    turn();
    expect(persists).toHaveLength(1);
    persists.shift()?.done(undefined);
    turn();
    expect(applied.at(-1)).toBe(102);
  });

  it('refuses proposals on a full disk, tries again on ticks, and goes on when there is space (fault 18)', () => {
    const { replica, propose, persists, turn, ticks, applied } = lead();
    propose('a');
    turn();
    persists.shift()?.done({ code: 'ENOSPC', message: 'no space' });
    expect(replica.mayPropose()).toBe('disk-full');
    expect(persists).toHaveLength(0);
    ticks(1);
    persists.shift()?.done({ code: 'ENOSPC', message: 'no space' });
    ticks(1);
    expect(persists).toHaveLength(1);
    persists.shift()?.done(undefined);
    turn();
    expect(replica.mayPropose()).toEqual({ term: 2 });
    expect(applied.at(-1)).toBe(3);
  });

  it('fsyncs a batch that was to be fsynced also where it found no room at first, and where one that need not be came behind it', () => {
    const { append, persists, saves, turn, ticks } = start();
    // The first entry of a term is fsynced, whatever the flush mode; those behind it here are not.
    append(2, 1, 1, 1, [2]);
    turn();
    saves.shift()?.(undefined);
    append(2, 2, 2, 2, [2]);
    turn();
    expect(persists.map(({ sync }) => sync)).toEqual([true]);
    persists.shift()?.done({ code: 'ENOSPC', message: 'no space' });
    append(2, 3, 3, 2, [2]);
    turn();
    ticks(1);
    expect(persists.map(({ sync }) => sync)).toEqual([true]);
    persists.shift()?.done(undefined);
    append(2, 4, 4, 2, [2]);
    turn();
    expect(persists.map(({ sync }) => sync)).toEqual([false]);
  });

  it('stops for good when a persist or a save fails (safety 3, promise 3)', () => {
    const broken = lead();
    broken.propose('a');
    broken.turn();
    broken.persists.shift()?.done({ code: 'EIO', message: 'fsync failed' });
    expect(broken.fatals).toMatchObject([{ code: 'EIO' }]);
    expect(broken.replica.mayPropose()).toBe('stopped');
    broken.ticks(50);
    expect(broken.persists).toEqual([]);

    const voter = start();
    voter.replica.receive({ type: 'vote', from: 'n1', to: 'n0', term: 2, lastIndex: 1, lastTerm: 1, transfer: false });
    voter.turn();
    voter.saves.shift()?.({ code: 'ENOSPC', message: 'no space' });
    expect(voter.fatals).toMatchObject([{ code: 'ENOSPC' }]);
    expect(voter.sent).toEqual([]);
  });

  it('stops on a leader with the same entry but another history before it (safety 1)', () => {
    const { append, fatals, turn, log } = start();
    append(2, 1, 1, 1, [], log.chainCrc(1));
    turn();
    expect(fatals).toEqual([]);
    append(2, 2, 1, 1, [], log.chainCrc(1) + 1);
    expect(fatals).toMatchObject([{ code: 'DIVERGENCE' }]);
    expect(fatals[0]?.message).toMatch(/n1 before index 1, term 1: chain CRC 0x/);
  });

  it('does not stop on what only looks like another history: an append of a term that is over, or of one turn with the cut before it', () => {
    const { append, fatals, saves, turn, log } = start();
    append(3, 1, 1, 1, [3]);
    turn();
    saves.shift()?.(undefined);
    append(2, 2, 1, 1, [], log.chainCrc(1) + 1);
    turn();
    const [first] = log.entries;
    const leaders = new MemoryLog([first!, { term: 4, value: 'x2', size: 100 }]);
    append(4, 3, 1, 1, [4]);
    append(4, 4, 2, 4, [4], leaders.chainCrc(2));
    turn();
    expect(log.chainCrc(2)).toBe(leaders.chainCrc(2));
    expect(log.lastIndex).toBe(3);
    expect(fatals).toEqual([]);
  });

  it.each(['before', 'while'])(
    'takes the end of damage and an append of a new term in one turn, %s the append is written',
    (when) => {
      const { replica, log, append, turn, fatals } = start();
      log.damage = 'below-applied';
      replica.logChanged();
      append(2, 1, 1, 1, [2]);
      const repaired = (): void => {
        log.damage = undefined;
        replica.logChanged();
      };
      if (when === 'before') repaired();
      else {
        const truly = log.append.bind(log);
        log.append = (entries) => {
          repaired();
          return truly(entries);
        };
      }
      turn();
      expect(replica.status()).toMatchObject({ logDamaged: false, lastIndex: 2 });
      expect(log.lastIndex).toBe(2);
      expect(fatals).toEqual([]);
    },
  );

  it.each(['below-applied', 'fill-first'] as const)(
    'keeps the set that an append brings in the turn of a repair, and reads none from a log that is damaged again: %s',
    (again) => {
      const { replica, log, turn } = start();
      const members = { voters: ['n0', 'n1'], learners: [] };
      const entries = {
        ...batch(2, [1]),
        payload: [{ term: 1, value: 'set', size: 100, members }],
        members: [{ ...members, index: 2 }],
      };
      const base = {
        from: 'n1',
        to: 'n0',
        term: 1,
        sequence: 1,
        prevChainCrc: 0,
        commit: 0,
        syncFlush: false,
      } as const;
      replica.receive({ ...base, type: 'append', prevIndex: 1, prevTerm: 1, entries });
      let reads = 0;
      replica.logChanged(() => {
        reads++;
        return log.membersIn(1, log.lastIndex) ?? [];
      });
      log.damage = again;
      replica.logChanged();
      turn();
      expect(replica.status()).toMatchObject({ voters: ['n0', 'n1'], logDamaged: true });
      expect(reads).toBe(again === 'fill-first' ? 0 : 1);
    },
  );

  it('tells the state machine once that it may serve, when its first entry is applied', () => {
    const run = start(['n0']);
    run.lag.applyTo = 1;
    run.ticks(80);
    run.saves.shift()?.(undefined);
    run.turn();
    run.persists.shift()?.done(undefined);
    run.turn();
    expect(run.readyTerms).toEqual([]);
    expect(run.replica.mayPropose()).toBe('not-ready');
    run.replica.appliedTo(2);
    run.ticks(3);
    expect(run.readyTerms).toEqual([2]);
  });

  it('answers a fresh read when what it must see is applied', () => {
    const { replica, propose, persists, turn, lag } = lead();
    propose('a');
    turn();
    lag.applyTo = 2;
    persists.shift()?.done(undefined);
    turn();
    const answers: number[] = [];
    replica.readIndex((_refusal, index) => answers.push(index));
    turn();
    expect(answers).toEqual([]);
    replica.appliedTo(3);
    expect(answers).toEqual([3]);
  });

  it('answers what waits when it is stopped', () => {
    const { replica } = lead();
    const answers: unknown[] = [];
    replica.readIndex((refusal) => answers.push(refusal));
    replica.stop();
    replica.transferLeadership('n1', (result) => answers.push(result.ok));
    expect(answers).toEqual(['stopped', false]);
    expect(replica.status()).toMatchObject({ stopped: true });
  });
});
