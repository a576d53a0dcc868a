import { describe, expect, it } from 'vitest';
import { decideDoubt } from '../../../cluster/raft-storage/doubt.ts';
import { freshRecord, type HardStateRead } from '../../../cluster/raft-storage/hard-state.ts';
import type { HardStateRecord } from '../../../cluster/raft-storage/hard-state-codec.ts';
import { openRaftStorage, type RaftStorage } from '../../../cluster/raft-storage/open-raft-storage.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';
import { persist, propose } from './log-fixture.ts';

const names = { memberId: 'n0', groupName: 'g' };
const boot = '11'.repeat(16);
const last = { index: 10, term: 2, chainCrc: 5 };
const torn = { recoveryCut: true, tornWrite: true };
const cleanMark = { cleanStop: true, cleanIndex: 10, cleanTerm: 2, cleanChainCrc: 5 };

function ok(more: Partial<HardStateRecord>): HardStateRead {
  return { kind: 'ok', slot: 0, record: { ...freshRecord(names), bootId: boot, asyncAcks: true, ...more } };
}

describe('who is in doubt (safety rules, section 2)', () => {
  const none = { index: 0, term: 0, chainCrc: 0 };
  it.each<[string, HardStateRead, Partial<Parameters<typeof decideDoubt>[0]>, number]>([
    ['an empty store', { kind: 'absent' }, { last: none }, 1],
    ['a log without hard state', { kind: 'absent' }, {}, 2],
    ['an unreadable hard state', { kind: 'unreadable', message: 'bad' }, {}, 2],
    ['an unreadable hard state over an empty log', { kind: 'unreadable', message: 'bad' }, { last: none }, 1],
    ['an emptied log', ok(cleanMark), { last: none }, 1],
    ['a founder whose log is empty', ok({ inDoubt: true, doubtReason: 6 }), { last: none }, 6],
    ['a doubt that nobody ended', ok({ inDoubt: true, doubtReason: 5, ...cleanMark }), {}, 5],
    ['a start after an I/O error', ok({ ioError: true, ...cleanMark }), {}, 3],
    ['a cut end under ASYNC_FLUSH', ok({}), { recoveryCut: true }, 4],
    ['a torn write under ASYNC_FLUSH, on the same boot', ok({}), { ...torn }, 0],
    ['a torn write, on another boot', ok({}), { ...torn, bootId: '22'.repeat(16) }, 4],
    ['a torn write, on a boot that cannot be known', ok({ bootId: '' }), { ...torn, bootId: '' }, 4],
    ['a torn write after an I/O error', ok({ ioError: true }), { ...torn }, 3],
    ['a torn write behind a clean stop', ok(cleanMark), { ...torn }, 4],
    ['a torn write in a doubt that nobody ended', ok({ inDoubt: true, doubtReason: 5 }), { ...torn }, 5],
    ['a torn write with a lost file end', ok({}), { ...torn, holeCut: true }, 4],
    [
      'a cut hole, under SYNC_FLUSH too',
      ok({ asyncAcks: false, syncAcks: true }),
      { recoveryCut: true, holeCut: true },
      4,
    ],
    [
      'a cut end under SYNC_FLUSH, on another boot',
      ok({ asyncAcks: false, syncAcks: true }),
      { recoveryCut: true, bootId: '22'.repeat(16) },
      0,
    ],
    ['a torn write under SYNC_FLUSH', ok({ asyncAcks: false, syncAcks: true }), { ...torn }, 0],
    [
      'an end that no process leaves so, on one boot',
      ok({ asyncAcks: false, syncAcks: true }),
      { recoveryCut: true },
      4,
    ],
    ['an unclean start on the same boot', ok({}), {}, 0],
    ['an unclean start on another boot', ok({}), { bootId: '22'.repeat(16) }, 5],
    ['a boot that cannot be known', ok({}), { bootId: '' }, 5],
    ['an earlier boot that could not be known', ok({ bootId: '' }), {}, 5],
    ['another boot after a clean stop', ok(cleanMark), { bootId: '22'.repeat(16) }, 0],
    ['another boot under SYNC_FLUSH', ok({ asyncAcks: false, syncAcks: true }), { bootId: '22'.repeat(16) }, 0],
    ['a clean mark of another log', ok({ ...cleanMark, cleanChainCrc: 6 }), { bootId: '22'.repeat(16) }, 5],
    ['a log shorter than the clean mark says', ok({ ...cleanMark, cleanIndex: 11, asyncAcks: false }), {}, 4],
  ])('%s', (_what, hardState, more, reason) => {
    const decision = decideDoubt({
      hardState,
      bootId: boot,
      recoveryCut: false,
      tornWrite: false,
      holeCut: false,
      last,
      ...more,
    });
    expect(decision.reason).toBe(reason);
    expect(decision.message === '').toBe(reason === 0);
  });
});

describe('starts of a member', () => {
  function open(platform: VirtualPlatform, syncFlush = false, aloneInGroup = false): RaftStorage {
    const sizes = { segmentBytes: 4096, firstPosition: 0, aloneInGroup };
    const storage = openRaftStorage({ platform, directory: '/store', ...names, ...sizes, syncFlush });
    if ('log' in storage) return storage;
    throw new Error(storage.message);
  }

  function endDoubt(platform: VirtualPlatform, storage: RaftStorage): void {
    let done = false;
    storage.hardState.saveDoubt(false, () => {
      done = true;
    });
    platform.world.runUntil(() => done);
  }

  /** A member that is free of doubt and has ten entries. */
  function member(world: VirtualWorld, syncFlush = false): { platform: VirtualPlatform; storage: RaftStorage } {
    const platform = world.start('a');
    const storage = open(platform, syncFlush);
    expect(storage).toMatchObject({ fresh: true, incarnationFromDisk: false, doubt: { reason: 1 } });
    expect(storage.hardState.record.incarnation).toBe(1);
    for (let i = 1; i <= 10; i++) propose(storage.log, 1, 300, i);
    persist(platform, storage.log, syncFlush);
    endDoubt(platform, storage);
    return { platform, storage };
  }

  it('counts its starts, and trusts the page cache over a crash of the process alone', () => {
    const world = new VirtualWorld();
    member(world).platform.crash();
    const second = open(world.start('a'));
    expect([second.doubt.reason, second.hardState.record.incarnation, second.log.lastIndex]).toEqual([0, 2, 10]);
    expect(second.log.segments.syncedPosition).toBe(second.log.segments.endPosition);
  });

  it('cuts what a killed process left of a write, and is in doubt only if what it acknowledged may be in it', () => {
    const killedInWrite = (inFlightBytes: number, seed: number): VirtualWorld => {
      const world = new VirtualWorld(seed);
      const { platform, storage } = member(world);
      propose(storage.log, 1, 300, 11);
      storage.log.persist(false, () => expect.fail('the write did not complete'));
      platform.crash({ inFlightBytes });
      return world;
    };
    for (const [seed, inFlightBytes] of [5, 30, 48, 200, 300].entries()) {
      const { log, doubt } = open(killedInWrite(inFlightBytes, seed).start('a'));
      expect([doubt.reason, log.lastIndex, log.lastTerm], `${inFlightBytes} bytes`).toEqual([0, 10, 1]);
    }

    const world = new VirtualWorld(9);
    const { platform, storage } = member(world);
    const place = storage.log.positionOf(10);
    platform.crash();
    world.disk('a').rot('/store/data/00000000000000000000', place + 100);
    const { log, doubt } = open(world.start('a'));
    expect([doubt.reason, log.lastIndex]).toEqual([4, 9]);
  });

  it('remembers over every further start that a power failure may have taken acknowledged entries', () => {
    const world = new VirtualWorld();
    member(world).platform.crash({ machine: true, unsynced: 'kept' });
    const second = world.start('a');
    expect(open(second).doubt.reason).toBe(5);
    second.crash();
    const third = world.start('a');
    expect(open(third)).toMatchObject({ hardState: { record: { incarnation: 3 } }, doubt: { reason: 5 } });
  });

  it('is not in doubt after a power failure under SYNC_FLUSH or after a clean stop', () => {
    const synced = new VirtualWorld(1);
    member(synced, true).platform.crash({ machine: true });
    expect(open(synced.start('a'), true).doubt.reason).toBe(0);

    const stopped = new VirtualWorld(2);
    const { platform, storage } = member(stopped);
    persist(platform, storage.log, true);
    let clean = false;
    const { lastIndex: index, lastTerm: term } = storage.log;
    storage.hardState.saveClean({ index, term, chainCrc: storage.log.chainCrc(index) }, () => {
      clean = true;
    });
    stopped.runUntil(() => clean);
    platform.crash({ machine: true });
    expect(open(stopped.start('a')).doubt.reason).toBe(0);
  });

  it('starts after a power failure in the middle of a write under SYNC_FLUSH with all that was acknowledged', () => {
    const reasons = new Set<number>();
    for (let seed = 0; seed < 80; seed++) {
      const world = new VirtualWorld(seed);
      const { platform, storage } = member(world, true);
      for (let i = 11; i <= 30; i++) propose(storage.log, 1, 300, i);
      storage.log.persist(true, () => expect.fail('the fsync did not complete'));
      world.runUntil(() => storage.log.segments.writtenPosition === storage.log.segments.endPosition);
      platform.crash({ machine: true, unsynced: seed % 4 === 0 ? 'lost' : 'random' });
      const again = open(world.start('a'), true);
      expect(again.log.lastIndex).toBeGreaterThanOrEqual(10);
      reasons.add(again.doubt.reason);
    }
    expect([...reasons].sort()).toEqual([0, 4]);
  });

  describe('whose last entry is damaged under SYNC_FLUSH (raft/SAFETY.md 3)', () => {
    const data = '/store/data/00000000000000000000';

    /** Ten entries, all fsynced; the mark covers `marked` of them. */
    function damaged(marked: number, harm: 'rot' | 'zeros', machine = true): VirtualWorld {
      const world = new VirtualWorld();
      const { platform, storage } = member(world, true);
      const { log, hardState } = storage;
      let saved = marked === 0;
      const onSaved = () => {
        saved = true;
      };
      if (marked > 0) hardState.saveSyncedMark({ index: marked, endPosition: log.endOf(marked) }, onSaved);
      world.runUntil(() => saved);
      const [place, end] = [log.positionOf(10), log.endOf(10)];
      platform.crash({ machine });
      const disk = world.disk('a');
      if (harm === 'rot') disk.rot(data, place + 100);
      else disk.put(data, disk.contentOf(data)!.fill(0, place, end));
      return world;
    }

    it.each(['rot', 'zeros'] as const)(
      'does not forget it silently where the mark says that it was fsynced (%s)',
      (harm) => {
        for (const machine of [true, false]) {
          const { doubt, log } = open(damaged(10, harm, machine).start('a'), true);
          expect([doubt.reason, log.lastIndex]).toEqual([4, 9]);
          expect(doubt.message).toContain('where it was fsynced');
        }
      },
    );

    it('says file and position, and does not start, where nobody else has it', () => {
      const world = damaged(10, 'rot', false);
      expect(() => open(world.start('a'), true, true)).toThrow(
        /^\/store\/data\/0+ is damaged at position 3132: it was fsynced up to position 3480$/,
      );
    });

    it('is in doubt without a mark too, where no power failed', () => {
      const { doubt, log } = open(damaged(5, 'rot', false).start('a'), true);
      expect([doubt.reason, log.lastIndex]).toEqual([4, 9]);
    });

    it('takes it for torn above the mark where power failed: a write in flight leaves the same', () => {
      const { doubt, log } = open(damaged(5, 'rot').start('a'), true);
      expect([doubt.reason, log.lastIndex]).toEqual([0, 9]);
    });
  });

  it('cuts a hole that a power failure left only where it is in doubt anyway', () => {
    let cuts = 0;
    for (let seed = 0; seed < 60; seed++) {
      const world = new VirtualWorld(seed);
      member(world).platform.crash({ machine: true, unsynced: 'random' });
      const again = open(world.start('a'));
      expect(again.doubt.reason).not.toBe(0);
      if (again.log.lastIndex > 0 && again.log.lastIndex < 10) cuts++;
    }
    expect(cuts).toBeGreaterThan(5);

    const world = new VirtualWorld();
    member(world).platform.crash();
    world.disk('a').rot('/store/data/00000000000000000000', 400);
    const platform = world.start('a');
    expect(() => open(platform, false, true)).toThrow('/store/data/00000000000000000000 is damaged at position 348');
    const { log, doubt } = open(platform);
    expect([doubt.reason, log.lastIndex, log.damage]).toEqual([0, 10, 'unapplied']);
    expect(log.gaps.all).toMatchObject([{ first: 2, last: 2, from: 348, termsKnown: true }]);
  });
});
