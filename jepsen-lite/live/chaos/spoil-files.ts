import { closeSync, existsSync, ftruncateSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, realFiles, type SegmentFile, segmentFiles } from './raft-files.ts';

const SECTOR_BYTES = 512;
const HARD_STATE_BYTES = 8_192;
/** `amount` of a rot is a place, in so many parts of what may be hit. */
export const ROT_PARTS = 10_000;

/** What rot is told to do, by the words of the simulator's. */
export const rotModes: readonly string[] = ['flip', 'flips', 'zero', 'cut', 'snapshot', 'hard-state'];

/** Bytes of a file that are to be others, or with which it is to end. */
interface Spot {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** The file ends at `from`, where it is missing. */
  readonly by?: (byte: number) => number;
}

/**
 * Spoils files of a member that does not run, below position `end` of its log; the words of `mode` are those of the simulator's rot. Returns what it
 * did, or undefined where there was nothing to hit.
 */
export function rotFiles(directory: string, mode: string, amount: number, end: number): string | undefined {
  return spoiled(rotSpots(directory, mode, amount, end));
}

/** What `rotFiles` would spoil now: nothing, where there is nothing to hit. */
export function rotSpots(directory: string, mode: string, amount: number, end: number): Spot[] {
  const segments = segmentFiles(join(directory, 'data'));
  const place = Math.floor((end * amount) / ROT_PARTS);
  switch (mode) {
    case 'flip':
      return spotsIn(segments, place, place + 1, (byte) => byte ^ 4);
    case 'flips': {
      const places = [1, 2, 3].map((turn) => Math.floor((place * turn) / 3));
      return places.flatMap((at) => spotsIn(segments, at, at + 1, (byte) => byte ^ 0x81));
    }
    case 'zero': {
      const from = place - (place % SECTOR_BYTES);
      return spotsIn(segments, from, Math.min(end, from + SECTOR_BYTES * (1 + (amount % 16))), () => 0);
    }
    case 'cut': {
      const whole = segments.filter(({ start, byteLength }) => start + byteLength <= end);
      const file = whole[Math.floor((whole.length * amount) / ROT_PARTS)];
      if (file === undefined) return [];
      return [{ path: file.path, from: Math.floor((file.byteLength * amount) / ROT_PARTS), to: file.byteLength }];
    }
    case 'snapshot': {
      const path = newestSnapshot(join(directory, 'snapshots'));
      if (path === undefined) return [];
      const at = Math.floor((statSync(path).size * amount) / ROT_PARTS);
      return spotsOf(path, at, at + 1, (byte) => byte ^ 16);
    }
    case 'hard-state':
      return spotsOf(join(directory, 'hardstate'), 0, HARD_STATE_BYTES, (byte) => byte ^ 1);
    default:
      throw new Error(`rot has no mode ${mode}; there are ${rotModes.join(', ')}`);
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
      .map(({ position, bytes }) => ({ position, byteLength: bytes.length }));
  });
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return 'every entry was synced';
  const end = last.position + last.byteLength;
  const from = first.position + Math.floor((end - first.position) * share);
  return spoiled(spotsIn(segments, from, end, () => 0)) ?? 'the entries are gone';
}

/** These positions, in the files that hold them. */
function spotsIn(segments: readonly SegmentFile[], from: number, to: number, by: (byte: number) => number): Spot[] {
  return segments.flatMap(({ path, start }) => spotsOf(path, Math.max(0, from - start), to - start, by));
}

/** These bytes, as far as the file has them and they would be others. */
function spotsOf(path: string, from: number, to: number, by: (byte: number) => number): Spot[] {
  const end = existsSync(path) ? Math.min(to, statSync(path).size) : 0;
  if (from >= end) return [];
  const bytes = realFiles.read(path, from, end - from);
  return bytes.every((byte) => by(byte) === byte) ? [] : [{ path, from, to: end, by }];
}

function spoiled(spots: readonly Spot[]): string | undefined {
  for (const spot of spots) spoil(spot);
  const told = spots.map(({ path, from, to, by }) =>
    by === undefined ? `cut ${path} short at ${from} bytes` : `changed bytes ${from} to ${to} of ${path}`,
  );
  return told.length === 0 ? undefined : told.join('; ');
}

function spoil({ path, from, to, by }: Spot): void {
  const bytes = by === undefined ? undefined : realFiles.read(path, from, to - from).map(by);
  const file = openSync(path, 'r+');
  if (bytes === undefined) ftruncateSync(file, from);
  else writeSync(file, bytes, 0, bytes.length, from);
  closeSync(file);
}

function newestSnapshot(directory: string): string | undefined {
  if (!existsSync(directory)) return undefined;
  const names = readdirSync(directory).filter((name) => name.startsWith('snapshot-'));
  const newest = names.sort().at(-1);
  return newest === undefined ? undefined : join(directory, newest);
}
