import { describe, expect, it } from 'vitest';
import { SegmentedLog } from '../../src/log/segmented-log.ts';
import { createVirtualPlatform } from '../support/virtual-platform.ts';
import { appendUnit, openLog, persist, testEnvelope, writeUnit } from './test-envelope.ts';

function started(more = {}) {
  const platform = createVirtualPlatform();
  const log = openLog(platform, more);
  log.start(0);
  return { platform, log, image: platform.disk.image };
}

describe('appending', () => {
  it('keeps what was appended in memory and brings it to a file of full length', () => {
    const { platform, log, image } = started();
    expect([appendUnit(log, 100, 1), appendUnit(log, 50, 2)]).toEqual([0, 100]);
    expect(log.view(100, 50)?.[49]).toBe(2);
    expect(log.writtenPosition).toBe(0);
    expect(persist(platform, log)).toBe(150);
    expect([log.writtenPosition, log.syncedPosition]).toEqual([150, 0]);
    expect(persist(platform, log, true)).toBe(150);
    expect(log.syncedPosition).toBe(150);
    const content = image.contentOf('/log/00000000000000000000');
    expect(content?.length).toBe(1024);
    expect(content?.subarray(0, 150)).toEqual(log.view(0, 150));
  });

  it('rolls exactly where a unit and the least blank no longer fit', () => {
    const { platform, log, image } = started();
    appendUnit(log, 1000, 1);
    const fitting = appendUnit(log, 1024 - 1000 - 8 + 0, 2);
    expect([fitting, log.endPosition]).toEqual([1000, 1016]);
    expect(appendUnit(log, 20, 3)).toBe(1024);
    expect(persist(platform, log)).toBe(1044);
    const first = image.contentOf('/log/00000000000000000000');
    expect(first?.readInt32BE(1016)).toBe(-1);
    expect(first?.readUInt32BE(1020)).toBe(8);
    expect(image.contentOf('/log/00000000000000001024')?.[19 + 1]).toBe(0);
  });

  it('makes the blank only together with the unit that did not fit', () => {
    const { log } = started();
    appendUnit(log, 900, 1);
    expect(log.reserve(200).position).toBe(1024);
    expect(log.endPosition).toBe(900);
    expect(appendUnit(log, 100, 2)).toBe(900);
    expect(appendUnit(log, 1016, 3)).toBe(1024);
    expect(appendUnit(log, 1016, 3)).toBe(2048);
  });

  it('takes units of a leader at its end or at the start of the next segment only', () => {
    const { log } = started();
    const units = Buffer.alloc(600);
    writeUnit(units, 0, 300, 0, 7);
    writeUnit(units, 300, 300, 0, 8);
    expect(log.appendRun(8, units, 0, 300)).toBe(false);
    expect(log.appendRun(0, units, 0, 600)).toBe(true);
    appendUnit(log, 300, 1);
    expect(log.appendRun(901, units, 0, 100)).toBe(false);
    expect(log.appendRun(900, units, 0, 300)).toBe(false);
    expect(log.appendRun(2048, units, 0, 300)).toBe(false);
    expect(log.endPosition).toBe(900);
    expect(log.appendRun(1024, units, 300, 600)).toBe(true);
    expect(log.view(1024, 300)?.subarray(8 + 12)).toEqual(units.subarray(320));
    expect(log.view(300, 300)?.subarray(20)).toEqual(units.subarray(320));
  });

  it('never splits a unit over two chunks, and gives a big one a chunk of its own', () => {
    const { platform, log } = started({ segmentBytes: 1 << 20, chunkBytes: 4096, tailBytes: 8192 });
    for (let i = 0; i < 100; i++) appendUnit(log, 1000 + i, i);
    const big = appendUnit(log, 50_000, 9);
    expect(log.view(big, 50_000)?.length).toBe(50_000);
    expect(persist(platform, log)).toBe(log.endPosition);
    expect(log.view(0, 1000)).toBeUndefined();
    expect(log.readSync(1000, 1001).subarray(20)).toEqual(Buffer.alloc(981, 1));
  });
});

describe('persisting', () => {
  it('writes everything that waits with one write per segment, one at a time', () => {
    const { platform, log, image } = started({ segmentBytes: 1 << 20 });
    for (let i = 0; i < 50; i++) appendUnit(log, 200, i);
    log.persist(false, () => undefined);
    expect(log.persisting).toBe(true);
    for (let i = 0; i < 50; i++) appendUnit(log, 200, i);
    expect(() => log.persist(false, () => undefined)).toThrow('one persist at a time');
    platform.world.runUntil(() => !log.persisting);
    expect(log.writtenPosition).toBe(10_000);
    expect(persist(platform, log)).toBe(20_000);
    expect(image.writeCount).toBe(2);
  });

  it('continues after a full disk with the same bytes', () => {
    const { platform, log, image } = started({ segmentBytes: 64 * 1024 });
    image.capacityBytes = 4096;
    for (let i = 0; i < 10; i++) appendUnit(log, 1000, i);
    expect(persist(platform, log, true)).toBe('ENOSPC');
    expect(log.writtenPosition).toBe(0);
    appendUnit(log, 1000, 10);
    image.capacityBytes = 1 << 20;
    expect(persist(platform, log, true)).toBe(11_000);
    expect(image.contentOf('/log/00000000000000000000')?.subarray(0, 11_000)).toEqual(log.view(0, 11_000));
  });

  it.each(['write', 'sync'] as const)('is over after a failed %s', (operation) => {
    const { platform, log, image } = started();
    appendUnit(log, 100, 1);
    image.fail({ operation, code: 'EIO', written: 30 });
    // Opening a segment fsyncs its length, which would take the planted fault.
    if (operation === 'sync') expect(() => persist(platform, log, true)).not.toThrow();
    else expect(persist(platform, log, true)).toBe('EIO');
    if (operation === 'sync') {
      image.fail({ operation, code: 'EIO' });
      expect(persist(platform, log, true)).toBe('EIO');
    }
    expect(persist(platform, log, true)).toBe('EIO');
    expect(log.syncedPosition).toBe(0);
  });
});

describe('truncating', () => {
  it('leaves old views as they are and zeroes the files behind the cut before new bytes go there', () => {
    const { platform, log, image } = started();
    for (let i = 1; i <= 12; i++) appendUnit(log, 250, i);
    expect(persist(platform, log)).toBe(log.endPosition);
    const old = log.view(500, 250);
    log.truncate(500);
    expect([log.endPosition, log.writtenPosition]).toEqual([500, 500]);
    appendUnit(log, 100, 99);
    expect(old?.[249]).toBe(3);
    expect(log.view(500, 250)).toBeUndefined();
    expect(persist(platform, log)).toBe(600);
    const first = image.contentOf('/log/00000000000000000000');
    expect(first?.length).toBe(1024);
    expect(first?.subarray(600)).toEqual(Buffer.alloc(424));
    expect(platform.disk.list('/log')).toEqual(['00000000000000000000']);
  });

  it('does not let a write in flight count for what was cut', () => {
    const { platform, log, image } = started();
    for (let i = 1; i <= 6; i++) appendUnit(log, 250, i);
    image.hold();
    let upTo: number | undefined;
    log.persist(true, (_error, position) => {
      upTo = position;
    });
    log.truncate(250);
    appendUnit(log, 250, 50);
    appendUnit(log, 250, 51);
    image.release();
    platform.world.runUntil(() => upTo !== undefined);
    expect([upTo, log.writtenPosition, log.syncedPosition]).toEqual([250, 250, 250]);
    expect(persist(platform, log, true)).toBe(750);
    const content = image.contentOf('/log/00000000000000000000');
    expect(content?.subarray(250, 750)).toEqual(log.view(250, 500));
    expect(content?.subarray(750)).toEqual(Buffer.alloc(1024 - 750));
    expect(platform.disk.list('/log')).toHaveLength(1);
  });
});

describe('files', () => {
  it('keeps few handles open, whatever is read', () => {
    const { platform, log } = started({ maxOpenFiles: 3 });
    for (let i = 0; i < 20; i++) appendUnit(log, 1000, i);
    persist(platform, log, true);
    let reads = 0;
    for (let i = 0; i < 20; i++) {
      expect(log.readSync(i * 1024 + 20, 10)).toEqual(Buffer.alloc(10, i));
      log.read(i * 1024 + 20, 10, (error, bytes) => {
        expect([error, bytes[0]]).toEqual([undefined, i]);
        reads++;
      });
    }
    platform.world.runUntil(() => reads === 20);
    log.readSync(0, 1);
    expect(log.files.openFiles).toBeLessThanOrEqual(3);
  });

  it('deletes whole files below a position, and never the last', () => {
    const { platform, log } = started();
    for (let i = 0; i < 5; i++) appendUnit(log, 1000, i);
    persist(platform, log);
    expect(log.deleteBefore(2047)).toEqual(['/log/00000000000000000000']);
    expect(log.minPosition).toBe(1024);
    expect(log.deleteBefore(Number.MAX_SAFE_INTEGER)).toHaveLength(3);
    expect(log.minPosition).toBe(4096);
    expect(log.readSync(4096 + 20, 1)[0]).toBe(4);
  });

  it.each([
    ['a gap', { '00000000000000000000': 1024, '00000000000000002048': 1024 }, 'a file is missing'],
    ['another file size', { '00000000000000000000': 512 }, 'mappedFileSizeCommitLog'],
  ])('refuses a directory with %s in one sentence', (_what, files, text) => {
    const platform = createVirtualPlatform();
    for (const [name, size] of Object.entries(files)) platform.disk.image.put(`/log/${name}`, Buffer.alloc(size, 1));
    const options = { disk: platform.disk, directory: '/log', segmentBytes: 1024, envelope: testEnvelope };
    const fault = SegmentedLog.open(options);
    expect(fault instanceof SegmentedLog ? '' : fault.message).toContain(text);
  });
});
