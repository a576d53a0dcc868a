import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Chance } from '../../../jepsen-lite/sim/chance.ts';
import { createVirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';
import { directory, entriesOf, fileBytes, load, openLog, persist, propose, received, tryOpen } from './log-fixture.ts';

describe('the entry format (raft/FORMATS.md 1)', () => {
  it("is DLedger's header with both CRCs, counted from 0 in the file", () => {
    const platform = createVirtualPlatform();
    const { log } = openLog(platform);
    const reservation = log.reserve(20);
    expect(reservation.position).toBe(48);
    reservation.buffer.fill(7, reservation.offset, reservation.offset + 20);
    reservation.buffer.writeUInt32BE(20, reservation.offset);
    expect(log.seal(5)).toBe(1);
    expect(propose(log, 6, 30, 8)).toBe(2);
    persist(platform, log);
    const bytes = fileBytes(platform);
    expect(bytes.readInt32BE(0)).toBe(1);
    expect(bytes.readUInt32BE(4)).toBe(68);
    expect([8, 16, 24].map((at) => Number(bytes.readBigUInt64BE(at)))).toEqual([0, 5, 0]);
    expect([8, 16, 24].map((at) => Number(bytes.readBigUInt64BE(68 + at)))).toEqual([1, 6, 68]);
    expect(bytes.readUInt32BE(44)).toBe(20);
    const bodyCrc = crc32(bytes.subarray(48, 68));
    expect(bytes.readUInt32BE(40)).toBe(bodyCrc);
    const link = Buffer.concat([Buffer.alloc(4), bytes.subarray(0, 36), bytes.subarray(40, 44)]);
    expect(bytes.readUInt32BE(36)).toBe(crc32(link));
    const second = Buffer.concat([bytes.subarray(36, 40), bytes.subarray(68, 104), bytes.subarray(108, 112)]);
    expect(bytes.readUInt32BE(68 + 36)).toBe(crc32(second));
    expect([log.chainCrc(0), log.chainCrc(1), log.chainCrc(2)]).toEqual([0, crc32(link), crc32(second)]);
  });

  it('refuses a body that is no sequence of records', () => {
    const leader = openLog(createVirtualPlatform()).log;
    const { buffer, offset } = leader.reserve(20);
    buffer.fill(0, offset, offset + 20);
    buffer.writeUInt32BE(19, offset);
    leader.seal(1);
    const follower = openLog(createVirtualPlatform()).log;
    expect(follower.append(leader.view(1, 100)!)?.message).toContain('does not divide into records');
  });
});

describe('replication', () => {
  it("gives followers the leader's files byte for byte, whatever the batches", () => {
    for (let seed = 0; seed < 40; seed++) {
      const world = new VirtualWorld(seed);
      const [a, b] = [world.start('a'), world.start('b')];
      const more = { tailBytes: 2048, chunkBytes: 512, ringEntries: 16 };
      const leader = openLog(a, more).log;
      const follower = openLog(b, more).log;
      const chance = new Chance(seed, 'sizes');
      let term = 1;
      for (let i = 0; i < 120; i++) {
        // Many of the sizes end a file exactly, or one byte around it.
        const rest = 1024 - (leader.segments.endPosition % 1024);
        const exact = rest - 48 - 8 + chance.below(3) - 1;
        const size =
          chance.uniform() < 0.3 && exact >= 5 && exact <= leader.maxBodyBytes ? exact : 5 + chance.below(400);
        if (chance.uniform() < 0.05) term++;
        propose(leader, term, size, i);
        if (chance.uniform() < 0.2) persist(a, leader, chance.uniform() < 0.5);
        while (chance.uniform() < 0.3 && follower.lastIndex < leader.lastIndex) {
          persist(a, leader);
          const first = Math.max(1, follower.lastIndex + 1 - chance.below(3));
          const maxBytes = chance.below(3000);
          const batch = leader.view(first, maxBytes) ?? load(a, leader, first, maxBytes);
          expect(follower.append(received(batch))).toBeUndefined();
        }
      }
      persist(a, leader);
      while (follower.lastIndex < leader.lastIndex) {
        const batch = leader.view(follower.lastIndex + 1, 700) ?? load(a, leader, follower.lastIndex + 1, 700);
        expect(follower.append(received(batch))).toBeUndefined();
      }
      persist(b, follower);
      expect(fileBytes(b).equals(fileBytes(a))).toBe(true);
      expect(follower.termRuns()).toEqual(leader.termRuns());
      expect(follower.chainCrc(follower.lastIndex)).toBe(leader.chainCrc(leader.lastIndex));
      expect(entriesOf(follower)).toEqual(entriesOf(leader));
      for (const index of [1, 2, 50, 119, 120]) expect(follower.chainCrc(index)).toBe(leader.chainCrc(index));
    }
  });

  it('takes a batch with a blank between its entries, and refuses one that is not the rest of the file', () => {
    const a = createVirtualPlatform();
    const leader = openLog(a).log;
    for (let i = 1; i <= 4; i++) propose(leader, 1, 400, i);
    persist(a, leader);
    const bytes = fileBytes(a).subarray(0, leader.segments.endPosition);
    const batch = { first: 1, last: 4, byteLength: bytes.length, runs: [{ first: 1, term: 1 }], payload: [bytes] };
    const b = createVirtualPlatform();
    const follower = openLog(b).log;
    expect(follower.append(batch)).toBeUndefined();
    persist(b, follower);
    expect(fileBytes(b)).toEqual(fileBytes(a));

    const wrongSize = Buffer.from(bytes);
    wrongSize.writeUInt32BE(100, 896 + 4);
    const dirty = Buffer.from(bytes);
    dirty[1000] = 1;
    for (const payload of [wrongSize, dirty]) {
      const other = openLog(createVirtualPlatform()).log;
      expect(other.append({ ...batch, payload: [payload] })?.code).toBe('DIVERGENCE');
      expect(other.lastIndex).toBe(0);
    }
  });

  it.each([
    ['another position', 31, /position 1.*belongs at 0/],
    ['a skipped index', 15, /index/],
    ['a changed term', 23, /chain CRC/],
    ['a changed body', 60, /body CRC/],
    ['a changed chain', 37, /chain CRC/],
    ['a changed size', 7, /whole entry|not 48/],
  ])('takes nothing of a batch with %s', (_what, at, text) => {
    const leader = openLog(createVirtualPlatform()).log;
    for (let i = 1; i <= 3; i++) propose(leader, 1, 100, i);
    const batch = received(leader.view(1, 10_000)!);
    (batch.payload as Buffer[])[0]![at]! ^= 1;
    const follower = openLog(createVirtualPlatform()).log;
    expect(follower.append(batch)?.message).toMatch(text);
    expect([follower.lastIndex, follower.segments.endPosition]).toEqual([0, 0]);
    expect(follower.append(received(leader.view(1, 10_000)!))).toBeUndefined();
  });

  it('notices entries of another history by their link', () => {
    const [one, two] = [openLog(createVirtualPlatform()).log, openLog(createVirtualPlatform()).log];
    propose(one, 1, 100, 1);
    propose(two, 1, 100, 2);
    propose(two, 1, 100, 3);
    expect(one.append(received(two.view(2, 1000)!))?.message).toContain('chain CRC');
  });
});

describe('truncation', () => {
  it('goes back to the end of the entry before, so that a blank does not stay', () => {
    const platform = createVirtualPlatform();
    const { log } = openLog(platform);
    propose(log, 1, 800, 1);
    propose(log, 1, 300, 2);
    expect(log.positionOf(2)).toBe(1024);
    persist(platform, log);
    log.truncate(2);
    expect([log.lastIndex, log.segments.endPosition]).toEqual([1, 848]);
    expect(propose(log, 2, 100, 3)).toBe(2);
    expect(log.positionOf(2)).toBe(848);
    expect(persist(platform, log)).toBe(2);
    expect(log.termRuns()).toEqual([
      { first: 1, term: 1 },
      { first: 2, term: 2 },
    ]);
  });

  it('does not count a persist in flight for entries that replaced those it wrote', () => {
    const platform = createVirtualPlatform();
    const { log } = openLog(platform);
    for (let i = 1; i <= 3; i++) propose(log, 1, 100, i);
    let upTo = -1;
    log.persist(true, (_error, covered) => {
      upTo = covered;
    });
    log.truncate(2);
    for (let i = 4; i <= 6; i++) propose(log, 2, 100, i);
    platform.world.runUntil(() => upTo >= 0);
    expect(upTo).toBe(1);
    expect(persist(platform, log, true)).toBe(4);
    const again = openLog(platform);
    expect(entriesOf(again.log).map((entry) => entry[3])).toEqual([1, 4, 5, 6]);
  });

  it('takes back what counted as fsynced: entries that replace fsynced ones need an fsync of their own', () => {
    const world = new VirtualWorld();
    const platform = world.start('a');
    const { log } = openLog(platform);
    for (let i = 1; i <= 5; i++) propose(log, 1, 100, i);
    expect(persist(platform, log, true)).toBe(5);
    log.truncate(2);
    expect(log.segments.syncedPosition).toBe(148);
    propose(log, 2, 100, 9);
    expect(persist(platform, log, false)).toBe(2);
    expect(persist(platform, log, true)).toBe(2);
    platform.crash({ machine: true, unsynced: 'lost' });
    expect(entriesOf(openLog(world.start('a')).log).map((entry) => entry[3])).toEqual([1, 9]);
  });

  it('followed by entries of the same size and a power failure never revives the old tail', () => {
    for (let seed = 0; seed < 120; seed++) {
      const world = new VirtualWorld(seed);
      const platform = world.start('a');
      const { log } = openLog(platform, { segmentBytes: 4096 });
      for (let i = 1; i <= 12; i++) propose(log, 1, 600, 1);
      persist(platform, log, true);
      log.truncate(4);
      for (let i = 0; i < 4; i++) propose(log, 2, 600, 2);
      log.persist(seed % 2 === 0, () => undefined);
      for (let turn = 0; turn < seed % 9; turn++) world.runTurn();
      platform.crash({ machine: true, unsynced: seed % 3 === 0 ? 'lost' : 'random', inFlightBytes: seed * 31 });
      const opened = openLog(world.start('a'), { segmentBytes: 4096, mayCut: () => true });
      const fills = entriesOf(opened.log).map((entry) => entry[3]);
      expect(fills.slice(0, 3)).toEqual([1, 1, 1]);
      expect(new Set(fills.slice(3)).size).toBeLessThanOrEqual(1);
      expect(opened.log.termRuns().length).toBe(fills[3] === 2 ? 2 : 1);
      propose(opened.log, 3, 600, 9);
    }
  });
});

describe('opening', () => {
  it('cuts a last entry that was torn at any byte', () => {
    for (let written = 0; written <= 148; written++) {
      const world = new VirtualWorld(written);
      const platform = world.start('a');
      const { log } = openLog(platform);
      propose(log, 1, 200, 1);
      persist(platform, log, true);
      propose(log, 1, 100, 2);
      log.persist(false, () => undefined);
      platform.crash({ inFlightBytes: written });
      const opened = openLog(world.start('a'));
      // The first three bytes of a magic of 1 are zero: nothing to be seen of them.
      expect([opened.log.lastIndex, opened.cut]).toEqual([written === 148 ? 2 : 1, written > 3 && written < 148]);
      expect(propose(opened.log, 2, 50, 3)).toBe(opened.log.lastIndex);
    }
  });

  it('does not start on rot that intact entries follow, unless it may cut', () => {
    const world = new VirtualWorld();
    const platform = world.start('a');
    const { log } = openLog(platform);
    for (let i = 1; i <= 6; i++) propose(log, 1, 300, i);
    persist(platform, log, true);
    world.disk('a').rot(`${directory}/00000000000000000000`, 400);
    platform.crash();
    const next = world.start('a');
    const refused = tryOpen(next);
    expect('message' in refused && refused.message).toContain(
      `${directory}/00000000000000000000 is damaged at position 348`,
    );
    const opened = openLog(next, { mayCut: (rot) => rot.validAt === 1024 - 1024 + 696 || rot.validAt === 1024 });
    expect([opened.cut, opened.log.lastIndex]).toEqual([true, 1]);
  });

  it('knows the terms below a checkpoint where the very first header is lost', () => {
    const world = new VirtualWorld();
    const platform = world.start('a');
    const { log } = openLog(platform);
    for (let i = 1; i <= 40; i++) propose(log, 1 + Math.floor(i / 2), 200, i);
    persist(platform, log, true);
    const checkpoints = [log.checkpointAt(30)];
    const [, ...behind] = log.termRuns();
    world.disk('a').rot(`${directory}/${'0'.repeat(20)}`, 0);
    const opened = openLog(platform, { checkpoints, hasPeers: true });
    expect(opened.log.gaps.all).toMatchObject([{ first: 1, last: 1, termsKnown: false }]);
    // Entry 1 counts as of the term behind it, until it is there again.
    expect(opened.log.termRuns()).toEqual([{ ...behind[0]!, first: 1 }, ...behind.slice(1)]);
    opened.log.closeGap(opened.log.gaps.all[0]!, [{ first: 1, term: 1 }]);
    expect(opened.log.termRuns()).toEqual(log.termRuns());
  });

  it('scans from the newest checkpoint that the log confirms, and still knows every term', () => {
    const platform = createVirtualPlatform();
    const { log } = openLog(platform);
    for (let i = 1; i <= 40; i++) propose(log, 1 + Math.floor(i / 7), 200, i);
    persist(platform, log, true);
    const good = log.checkpointAt(30);
    const wrong = { ...log.checkpointAt(33), chainCrc: 1 };
    const ahead = { ...good, index: 50, position: 20_000, endPosition: 20_248 };
    const opened = openLog(platform, { checkpoints: [ahead, wrong, good] });
    expect([opened.checkpoint, opened.discarded]).toEqual([good, [ahead, wrong]]);
    expect(opened.log.termRuns()).toEqual(log.termRuns());
    expect([opened.log.firstIndex, opened.log.lastIndex]).toEqual([1, 40]);
    expect(entriesOf(opened.log)).toEqual(entriesOf(log));
    expect(opened.log.chainCrc(12)).toBe(log.chainCrc(12));
    propose(opened.log, 9, 100, 41);
    opened.log.truncate(20);
    expect(opened.log.chainCrc(19)).toBe(log.chainCrc(19));
    expect(propose(opened.log, 9, 100, 42)).toBe(20);
  });

  it('keeps the link before its first entry when old files are deleted', () => {
    const platform = createVirtualPlatform();
    const { log } = openLog(platform);
    for (let i = 1; i <= 20; i++) propose(log, i < 10 ? 1 : 2, 300, i);
    persist(platform, log, true);
    const before = Array.from({ length: 21 }, (_, index) => log.chainCrc(index));
    expect(log.deleteBefore(log.positionOf(9))).toHaveLength(4);
    const first = log.firstIndex;
    for (const each of [log, openLog(platform).log]) {
      expect([each.firstIndex, each.lastIndex]).toEqual([first, 20]);
      expect(each.chainCrc(first - 1)).toBe(before[first - 1]);
      expect(each.termAt(first - 1)).toBe(1);
      expect(each.termRuns()[0]?.first).toBe(first - 1);
      expect(entriesOf(each, first)[0]?.[3]).toBe(first);
    }
  });

  it('finds cold entries without an index file', () => {
    const platform = createVirtualPlatform();
    const more = { segmentBytes: 1 << 16, ringEntries: 8, tailBytes: 4096, chunkBytes: 4096 };
    const { log } = openLog(platform, more);
    for (let i = 1; i <= 2000; i++) propose(log, 1, 50 + (i % 300), i & 255);
    persist(platform, log);
    for (const each of [log, openLog(platform, more).log]) {
      for (const index of [1, 2, 3, 700, 1999, 2000, 1234]) {
        const batch = load(platform, each, index, 1000);
        expect([batch.first, (batch.payload as Buffer[])[0]![48 + 4]]).toEqual([index, index & 255]);
        expect(entriesOf(each, index, index)).toEqual([[index, 1, 50 + (index % 300), index & 255]]);
        expect(load(platform, each, index, 1).last).toBe(index);
      }
    }
  });
});
