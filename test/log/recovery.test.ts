import { describe, expect, it } from 'vitest';
import { recover } from '../../src/log/recovery.ts';
import { createVirtualPlatform, VirtualWorld } from '../support/virtual-platform.ts';
import { appendUnit, openLog, persist, testEnvelope } from './test-envelope.ts';

const options = { envelope: testEnvelope, from: 0, syncedMark: 0 };

describe('recovery of a torn end', () => {
  it('cuts the last unit wherever its write stopped, and nothing else', () => {
    for (let written = 0; written <= 120; written++) {
      const world = new VirtualWorld(written);
      const platform = world.start('a');
      const log = openLog(platform);
      log.start(0);
      appendUnit(log, 950, 1);
      expect(persist(platform, log, true)).toBe(950);
      appendUnit(log, 120, 2);
      log.persist(false, () => undefined);
      // The blank in the first file and the unit in the second are two writes: let the first one finish.
      world.runUntil(() => platform.disk.list('/log').length === 2);
      platform.crash({ inFlightBytes: written });
      const reopened = openLog(world.start('a'));
      const found = recover(reopened, { ...options, syncedMark: 950 });
      const kind = written === 0 || written === 120 ? 'clean' : 'torn';
      expect([written, found.kind, found.end]).toEqual([written, kind, written === 120 ? 1024 + 120 : 950]);
      reopened.start(found.end);
      expect(appendUnit(reopened, 60, 3)).toBe(written === 120 ? 1144 : 950);
    }
  });

  it('never sees a stale unit behind new ones after a truncation and a power failure', () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 150; seed++) {
      const world = new VirtualWorld(seed);
      const platform = world.start('a');
      const log = openLog(platform, { segmentBytes: 8192 });
      log.start(0);
      for (let i = 0; i < 20; i++) appendUnit(log, 700, 1);
      expect(persist(platform, log, true)).toBe(log.endPosition);
      log.truncate(2100);
      for (let i = 0; i < 4; i++) appendUnit(log, 700, 2);
      if (seed % 3 === 0) persist(platform, log);
      else {
        log.persist(seed % 2 === 0, () => undefined);
        for (let turn = 0; turn < seed % 7; turn++) world.runTurn();
      }
      platform.crash({ machine: true, unsynced: 'random', inFlightBytes: (seed * 997) % 2800 });
      const reopened = openLog(world.start('a'), { segmentBytes: 8192 });
      const fills: number[] = [];
      const found = recover(reopened, {
        ...options,
        syncedMark: 2100,
        visit: (buffer, offset) => fills.push(buffer[offset + 20]!),
      });
      outcomes.add(`${fills.length > 7 ? 'old' : fills.length}`);
      expect(fills.slice(0, 3)).toEqual([1, 1, 1]);
      // Either the cut was lost altogether, or nothing of the old tail is there.
      expect(new Set(fills.slice(3)).size).toBeLessThanOrEqual(1);
      if (found.kind !== 'rot' && fills[3] === 2) expect(found.end).toBe(2100 + 700 * (fills.length - 3));
    }
    expect(outcomes.size).toBeGreaterThan(3);
  });
});

describe('recovery of rot', () => {
  function damaged(position: number) {
    const world = new VirtualWorld();
    const platform = world.start('a');
    const log = openLog(platform);
    log.start(0);
    for (let i = 0; i < 8; i++) appendUnit(log, 200, i + 1);
    persist(platform, log, true);
    platform.crash();
    world.disk('a').rot(`/log/${String(position - (position % 1024)).padStart(20, '0')}`, position % 1024);
    return openLog(world.start('a'));
  }

  it('names file and position of a bad unit that intact ones follow, and cuts nothing', () => {
    const found = recover(damaged(450), options);
    expect(found).toMatchObject({ kind: 'rot', end: 400, position: 400, validAt: 600 });
    expect(found.kind === 'rot' && found.message).toContain('/log/00000000000000000000 is damaged at position 400');
  });

  it('finds survivors in later files too', () => {
    expect(recover(damaged(900), options)).toMatchObject({ kind: 'rot', end: 800, position: 800, validAt: 1024 });
  });

  it('takes a bad last unit for torn only above the last fsync mark', () => {
    const log = damaged(1024 + 450);
    expect(recover(log, options)).toMatchObject({ kind: 'torn', end: 1424 });
    expect(recover(log, { ...options, syncedMark: 1624 })).toMatchObject({ kind: 'rot', end: 1424 });
  });

  it('scans only from the checkpoint on', () => {
    const positions: number[] = [];
    const found = recover(damaged(450), {
      ...options,
      from: 600,
      visit: (_buffer, _offset, _size, position) => positions.push(position),
    });
    expect(found).toEqual({ kind: 'clean', end: 1624 });
    expect(positions).toEqual([600, 800, 1024, 1224, 1424]);
  });
});

it('gives a segment whose making was interrupted its length', () => {
  const platform = createVirtualPlatform();
  platform.disk.image.put('/log/00000000000000000000', Buffer.alloc(0));
  const log = openLog(platform);
  expect(recover(log, options)).toEqual({ kind: 'clean', end: 0 });
  expect(log.files.file(0).size()).toBe(1024);
});
