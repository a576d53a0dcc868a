import { expect, test } from 'vitest';
import { entryHeaderBytes, sealEntry } from '../../../cluster/raft-storage/entry.ts';
import type { FileView } from '../../../jepsen-lite/replica/file-view.ts';
import { PIECE_BYTES } from '../../../jepsen-lite/replica/file-window.ts';
import { groupReplica } from '../../../jepsen-lite/replica/replica-files.ts';
import type { Steps } from '../../../jepsen-lite/replica/steps.ts';

const FILE_BYTES = 2 ** 30;

/** A log of one file of the usual size, of which no more was written than this; it remembers what was read of it. */
function sparseLog(written: Buffer) {
  const reads: number[] = [];
  const view: FileView = {
    names: (directory) => (directory === 'raft/data' ? ['0'.repeat(20)] : []),
    read(_path, from, length) {
      const bytes = Buffer.alloc(Math.min(length, FILE_BYTES - from));
      written.copy(bytes, 0, from);
      reads.push(bytes.length);
      return bytes;
    },
  };
  return { view, reads };
}

/** Entries with bodies of these lengths, one behind the other. */
function entriesWith(bodies: readonly number[]): Buffer {
  const log = Buffer.alloc(bodies.reduce((sum, body) => sum + entryHeaderBytes + body, 0));
  let at = 0;
  for (const [number, body] of bodies.entries()) {
    sealEntry(log, at, body, number + 1, 1, at, 1);
    at += entryHeaderBytes + body;
  }
  return log;
}

/** What comes of all steps, and how many there were. */
function done<Result>(steps: Steps<Result>) {
  let count = 0;
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return { result: step.value, count };
    count++;
  }
}

test('of a large file no more is read than what was written and a piece', () => {
  const { view, reads } = sparseLog(entriesWith([100, 200]));
  const { entries } = done(groupReplica(view, 'n0', 'raft', 'store', 9)).result;
  expect(entries.map(({ index, byteLength }) => [index, byteLength - entryHeaderBytes])).toEqual([
    [1, 100],
    [2, 200],
  ]);
  expect(reads).toEqual([PIECE_BYTES]);
});

test('entries are found over the bounds of pieces, and larger than one, in as many steps', () => {
  const bodies = [PIECE_BYTES - 100, 300, 3 * PIECE_BYTES, 10];
  const { view, reads } = sparseLog(entriesWith(bodies));
  const { result, count } = done(groupReplica(view, 'n0', 'raft', 'store', 9));
  expect(result.entries.map(({ byteLength }) => byteLength - entryHeaderBytes)).toEqual(bodies);
  expect(Math.max(...reads)).toBe(3 * PIECE_BYTES + entryHeaderBytes);
  expect(count).toBe(3);
});

test('a length that no entry has ends the file, and is not read', () => {
  const log = entriesWith([100, 200]);
  log.writeUInt32BE(2 ** 29, entryHeaderBytes + 100 + 4);
  const { view, reads } = sparseLog(log);
  expect(done(groupReplica(view, 'n0', 'raft', 'store', 9)).result.entries).toHaveLength(1);
  expect(reads).toEqual([PIECE_BYTES]);
});
