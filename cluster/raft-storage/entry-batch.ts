import type { EntryBatch, TermRun } from '../../raft/index.ts';
import { UNIT_BLANK } from '../../src/log/envelope.ts';
import { entryIndex, entryTerm } from './entry.ts';
import { nextEntry } from './entry-chain.ts';

/**
 * What the `payload` of an EntryBatch is here: the log's bytes from the first entry's header to the end of the last entry, in order. No entry
 * is split over two buffers. Blanks between two entries are in it.
 */
export type EntryBytes = readonly Buffer[];

/** The payload of a batch that this folder made. */
export function entryBytesOf(batch: EntryBatch): EntryBytes {
  return batch.payload as EntryBytes;
}

/** Term runs of the entries first..last, from runs that cover at least these. */
export function runsBetween(runs: readonly TermRun[], first: number, last: number): TermRun[] {
  const result: TermRun[] = [];
  for (let i = runs.length - 1; i >= 0; i--) {
    const run = runs[i]!;
    if (run.first > last) continue;
    result.unshift(run.first < first ? { first, term: run.term } : run);
    if (run.first <= first) break;
  }
  return result;
}

/** Looks through the entries that stand whole in `bytes` from their start and makes a batch of them; a sentence says what is not an entry. Checks no CRC. */
export function batchOf(bytes: Buffer): EntryBatch | string {
  const runs: { first: number; term: number }[] = [];
  let first = 0;
  let last = 0;
  let offset = 0;
  let end = 0;
  while (offset < bytes.length) {
    const size = nextEntry(bytes, offset, bytes.length);
    if (size === UNIT_BLANK) {
      offset += Math.max(8, bytes.readUInt32BE(offset + 4));
      continue;
    }
    if (size <= 0) return `there is no entry at byte ${offset} of the batch`;
    if (offset + size > bytes.length) break;
    const index = entryIndex(bytes, offset);
    const term = entryTerm(bytes, offset);
    if (first === 0) first = index;
    else if (index !== last + 1) return `entry ${index} follows entry ${last} in the batch`;
    const run = runs.at(-1);
    if (run === undefined || run.term < term) runs.push({ first: index, term });
    else if (run.term > term) return `entry ${index} has term ${term} behind term ${run.term}`;
    last = index;
    offset += size;
    end = offset;
  }
  if (first === 0) return 'the batch has no whole entry';
  return { first, last, byteLength: end, runs, payload: [bytes.subarray(0, end)] };
}
