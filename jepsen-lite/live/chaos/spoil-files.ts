import { closeSync, existsSync, ftruncateSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, type SegmentFile, segmentFiles } from './raft-files.ts';

const SECTOR_BYTES = 512;
const HARD_STATE_BYTES = 8_192;
/** `amount` of a fault is a place, in so many parts of what may be hit. */
const PARTS = 10_000;

/**
 * Spoils files of a member that does not run, below position `end` of its log; the words of `mode` are those of the simulator's rot. Returns what it
 * did, or undefined where there was nothing to hit.
 */
export function rotFiles(directory: string, mode: string, amount: number, end: number): string | undefined {
  const segments = segmentFiles(join(directory, 'data'));
  const spot = Math.floor((end * amount) / PARTS);
  switch (mode) {
    case 'flip':
      return changed(segments, spot, spot + 1, (byte) => byte ^ 4);
    case 'flips': {
      const spots = [1, 2, 3].map((turn) => Math.floor((spot * turn) / 3));
      return spots.map((at) => changed(segments, at, at + 1, (byte) => byte ^ 0x81)).join('; ');
    }
    case 'zero': {
      const from = spot - (spot % SECTOR_BYTES);
      return changed(segments, from, Math.min(end, from + SECTOR_BYTES * (1 + (amount % 16))), () => 0);
    }
    case 'cut': {
      const whole = segments.filter(({ start, byteLength }) => start + byteLength <= end);
      const file = whole[Math.floor((whole.length * amount) / PARTS)];
      return file === undefined ? undefined : shortened(file, Math.floor((file.byteLength * amount) / PARTS));
    }
    case 'snapshot': {
      const path = newestSnapshot(join(directory, 'snapshots'));
      if (path === undefined) return undefined;
      const at = Math.floor((statSync(path).size * amount) / PARTS);
      return changedFile(path, at, at + 1, (byte) => byte ^ 16);
    }
    default:
      return changedFile(join(directory, 'hardstate'), 0, HARD_STATE_BYTES, (byte) => byte ^ 1);
  }
}

/**
 * What a power failure may do to entries above `syncedIndex`: from some place among them on, nothing was written; torn within an entry. Returns what
 * it did.
 */
export function tearTail(directory: string, syncedIndex: number, share: number): string {
  const segments = segmentFiles(join(directory, 'data'));
  const entries = segments.flatMap((file) => {
    return [...entriesOf(file)]
      .filter(({ index }) => index > syncedIndex)
      .map(({ position, byteLength }) => ({ position, byteLength }));
  });
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return 'every entry was synced';
  const end = last.position + last.byteLength;
  const from = first.position + Math.floor((end - first.position) * share);
  return changed(segments, from, end, () => 0);
}

function changed(segments: readonly SegmentFile[], from: number, to: number, by: (byte: number) => number): string {
  const hit = segments.filter(({ start, byteLength }) => start < to && start + byteLength > from);
  for (const { path, start, byteLength } of hit) {
    changedFile(path, Math.max(0, from - start), Math.min(byteLength, to - start), by);
  }
  return `changed positions ${from} to ${to}`;
}

function changedFile(path: string, from: number, to: number, by: (byte: number) => number): string | undefined {
  if (!existsSync(path)) return undefined;
  const file = openSync(path, 'r+');
  const bytes = Buffer.alloc(to - from);
  const length = readSync(file, bytes, 0, bytes.length, from);
  for (let at = 0; at < length; at++) bytes[at] = by(bytes[at] as number);
  writeSync(file, bytes, 0, length, from);
  closeSync(file);
  return `changed bytes ${from} to ${from + length} of ${path}`;
}

function shortened({ path }: SegmentFile, byteLength: number): string {
  const file = openSync(path, 'r+');
  ftruncateSync(file, byteLength);
  closeSync(file);
  return `cut ${path} short at ${byteLength} bytes`;
}

function newestSnapshot(directory: string): string | undefined {
  if (!existsSync(directory)) return undefined;
  const names = readdirSync(directory).filter((name) => name.startsWith('snapshot-'));
  const newest = names.sort().at(-1);
  return newest === undefined ? undefined : join(directory, newest);
}
