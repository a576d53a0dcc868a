import { describe, expect, it } from 'vitest';
import type { DurableLog } from '../../../cluster/raft-storage/durable-log.ts';
import { findDamage } from '../../../cluster/raft-storage/find-damage.ts';
import { segmentName } from '../../../src/log/segment.ts';
import { createVirtualPlatform, type VirtualPlatform } from '../../support/virtual-platform.ts';
import { directory, load, openLog, persist, propose } from './log-fixture.ts';

const SEGMENT = 1024;
/** Where a header holds what no checksum of the entry itself covers. */
const [INDEX_AT, TERM_AT, CHAIN_AT] = [15, 23, 36];

/** A log with 40 entries, four in a file, of which the first 30 lie below a checkpoint; one byte of entry `index` has rotted since. */
function rotten(
  index: number,
  byte: number,
): { platform: VirtualPlatform; healthy: DurableLog; log: DurableLog; told: number[] } {
  const platform = createVirtualPlatform();
  const { log: healthy } = openLog(platform);
  for (let i = 1; i <= 40; i++) propose(healthy, 1 + Math.floor(i / 11), 200, i);
  persist(platform, healthy, true);
  const checkpoints = [healthy.checkpointAt(30)];
  const position = healthy.positionOf(index);
  const start = position - (position % SEGMENT);
  platform.disk.image.rot(`${directory}/${segmentName(start)}`, position - start + byte, 1);
  const { log } = openLog(platform, { checkpoints, hasPeers: true });
  const told: number[] = [];
  log.onDamage = (at) => told.push(at);
  return { platform, healthy, log, told };
}

describe.each([
  ['chain CRC', 'in a file', 14, CHAIN_AT],
  ['index', 'in a file', 14, INDEX_AT],
  ['chain CRC', 'at the start of a file', 17, CHAIN_AT],
  ['index', 'at the start of a file', 17, INDEX_AT],
  // That the first index is not 1 shows at the start.
  ['chain CRC', 'at the start of the log', 1, CHAIN_AT],
])('a header of which the %s has rotted, %s,', (_what, _where, index, byte) => {
  it('is given to nobody, and is told', () => {
    const { platform, healthy, log, told } = rotten(index, byte);
    expect(log.gaps.all).toEqual([]);
    expect(() => load(platform, log, index, 1)).toThrow('damaged');
    expect(log.chainCrc(index)).toBe(0);
    expect(told).toContain(healthy.positionOf(index));
    expect(load(platform, log, index + 8, 1).first).toBe(index + 8);
    expect(log.chainCrc(index + 8)).toBe(healthy.chainCrc(index + 8));
  });

  it('is as if nothing had been when it is repaired', () => {
    const { platform, healthy, log } = rotten(index, byte);
    const whole = load(platform, healthy, index, 1);
    for (const near of [index, index + 1]) expect(() => load(platform, log, near, 1)).toThrow('damaged');
    const found = findDamage(log, healthy.positionOf(index));
    if ('code' in found) throw new Error(found.message);
    log.gaps.add(found.gaps[0]!);
    log.segments.rewriteAt(healthy.positionOf(index), (whole.payload as Buffer[])[0]!, () => {});
    platform.world.advance(10);
    log.closeGap(found.gaps[0]!, whole.runs);
    for (const near of [index, index + 1, index + 3]) expect(load(platform, log, near, 1).first).toBe(near);
    expect(log.termRuns()).toEqual(healthy.termRuns());
  });

  it('is found from its own place and from that of the entry behind it', () => {
    const { platform, healthy, log, told } = rotten(index, byte);
    expect(() => load(platform, log, index + 1, 1)).toThrow('damaged');
    expect(told).toHaveLength(1);
    for (const at of [index, index + 1]) {
      const before = { index: index - 1, term: healthy.termAt(index - 1), chainCrc: healthy.chainCrc(index - 1) };
      const gap = {
        first: index,
        last: index,
        before,
        from: healthy.endOf(index - 1),
        to: healthy.positionOf(index + 1),
      };
      expect(findDamage(log, healthy.positionOf(at))).toMatchObject({ gaps: [gap] });
    }
  });
});

it('an entry behind a damaged one waits for its repair, and helps in that of others', async () => {
  const { platform, healthy, log } = rotten(14, CHAIN_AT);
  const found = findDamage(log, healthy.positionOf(14));
  if ('code' in found) throw new Error(found.message);
  log.gaps.add(found.gaps[0]!);
  expect(() => load(platform, log, 15, 1)).toThrow('entry 14 cannot be read');
  const first = await new Promise((resolve) => {
    log.loadUnproved(15, 1, (result) => resolve('code' in result ? result.message : result.first));
    platform.world.advance(10);
  });
  expect(first).toBe(15);
});

it('batches that follow one another read no entry twice', () => {
  const { platform, log } = rotten(40, 60);
  expect(load(platform, log, 9, 500).last).toBe(10);
  platform.disk.image.fail({ operation: 'read', code: 'EIO', path: segmentName(2 * SEGMENT) });
  expect(() => load(platform, log, 11, 500)).toThrow('EIO');
  expect(load(platform, log, 11, 500).first).toBe(11);
});

it('retention does not make a file the first one whose first header is not that of the next entry', () => {
  const { healthy, log, told } = rotten(17, CHAIN_AT);
  expect(log.deleteBefore(healthy.positionOf(17))).toEqual([]);
  expect(told).toEqual([healthy.positionOf(17)]);
  expect(log.deleteBefore(healthy.positionOf(14))).toHaveLength(3);
});

it('retention waits while something in the log is damaged, also above what may go', () => {
  const { platform, healthy, log } = rotten(30, 60);
  const found = findDamage(log, healthy.positionOf(30));
  if ('code' in found) throw new Error(found.message);
  const whole = load(platform, healthy, 30, 1);
  log.gaps.add(found.gaps[0]!);
  expect(log.deleteBefore(healthy.positionOf(14))).toEqual([]);
  expect(log.firstIndex).toBe(1);
  log.segments.rewriteAt(healthy.positionOf(30), (whole.payload as Buffer[])[0]!, () => {});
  platform.world.advance(10);
  log.closeGap(found.gaps[0]!, whole.runs);
  expect(log.deleteBefore(healthy.positionOf(14))).toHaveLength(3);
});

it('a term that rotted at the start of a file makes no other terms of the log', () => {
  // Entry 17 is of term 2; its header says 3, as those from 22 on.
  const { healthy, log } = rotten(17, TERM_AT);
  expect(log.termRuns()).toEqual(healthy.termRuns());
  expect(log.gaps.all).toMatchObject([{ first: 17, last: 17, before: { index: 16 }, termsKnown: true }]);
});
