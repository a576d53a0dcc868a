import { crc32 } from 'node:zlib';
import { entryHeaderBytes } from '../../cluster/raft-storage/entry.ts';
import { isWrittenUnit, UNIT_BYTES, unitPosition, unitSize } from '../../src/store/queue-unit.ts';
import type { ReplicaEntry, ReplicaQueue, ReplicaState } from '../checker/replica-state.ts';
import { type FileView, logFiles } from './file-view.ts';
import { FileWindow, PIECE_BYTES } from './file-window.ts';
import type { Steps } from './steps.ts';
import { type StoredEntry, storedEntries } from './stored-entries.ts';
import { messagesIn, storedRecords } from './stored-records.ts';

/**
 * What a member holds in its files: the bytes of its log as they are, without a look at any checksum in them, and its consume queues. `commitIndex`
 * is what it had committed at least. A step is a piece of a file.
 */
export function* groupReplica(
  view: FileView,
  node: string,
  raftDirectory: string,
  storeDirectory: string,
  commitIndex: number,
): Steps<ReplicaState> {
  const entries: ReplicaEntry[] = [];
  for (const { path, start } of logFiles(view, `${raftDirectory}/data`)) {
    const pace = new Pace();
    for (const entry of storedEntries(new FileWindow(view, path), start)) {
      if (entry.index <= commitIndex) entries.push(described(entry));
      if (pace.isDue(entry.bytes.length)) yield;
    }
    yield;
  }
  return { node, timeNs: 0, commitIndex, entries, queues: yield* queuesBelow(view, storeDirectory, endOf(entries)) };
}

/** The same of a broker on the native store: each record counts as an entry, and all of them as committed. `numberOf`: the number of the record that begins at a place. */
export function* nativeReplica(
  view: FileView,
  node: string,
  storeDirectory: string,
  numberOf: (position: number) => number = () => 1,
): Steps<ReplicaState> {
  const entries: ReplicaEntry[] = [];
  let first: number | undefined;
  for (const { path, start } of logFiles(view, `${storeDirectory}/commitlog`)) {
    const pace = new Pace();
    for (const { at, bytes } of storedRecords(new FileWindow(view, path))) {
      const [position, byteLength] = [start + at, bytes.length];
      first ??= numberOf(position);
      const index = first + entries.length;
      const messages = messagesIn(bytes, 0, position);
      entries.push({ index, term: 0, position, byteLength, crc: crc32(bytes), messages });
      if (pace.isDue(byteLength)) yield;
    }
    yield;
  }
  const commitIndex = entries.at(-1)?.index ?? 0;
  return { node, timeNs: 0, commitIndex, entries, queues: yield* queuesBelow(view, storeDirectory, endOf(entries)) };
}

/** Tells when a step has been long enough. */
class Pace {
  #bytes = 0;

  isDue(bytes: number): boolean {
    this.#bytes += bytes;
    if (this.#bytes < PIECE_BYTES) return false;
    this.#bytes = 0;
    return true;
  }
}

function endOf(entries: readonly ReplicaEntry[]): number {
  const end = entries.at(-1);
  return end === undefined ? 0 : end.position + end.byteLength;
}

function described({ index, term, position, bytes }: StoredEntry): ReplicaEntry {
  const messages = messagesIn(bytes, entryHeaderBytes, position);
  return { index, term, position, byteLength: bytes.length, crc: crc32(bytes), messages };
}

/** What the consume queues say of the log below this position. */
function* queuesBelow(view: FileView, storeDirectory: string, endPosition: number): Steps<ReplicaQueue[]> {
  const directory = `${storeDirectory}/consumequeue`;
  const queues: ReplicaQueue[] = [];
  for (const topic of view.names(directory)) {
    for (const queueId of view.names(`${directory}/${topic}`)) {
      const files = logFiles(view, `${directory}/${topic}/${queueId}`);
      const units: ReplicaQueue['units'][number][] = [];
      for (const { path } of files) {
        for (const unit of unitsOf(new FileWindow(view, path))) if (unit.position < endPosition) units.push(unit);
        yield;
      }
      queues.push({ key: `${topic}/${queueId}`, firstOffset: (files[0]?.start ?? 0) / UNIT_BYTES, units });
    }
  }
  return queues;
}

/** Units of a file up to the first that was never written. */
function* unitsOf(file: FileWindow): Generator<{ readonly position: number; readonly byteLength: number }> {
  for (let at = 0; ; at += UNIT_BYTES) {
    const unit = file.bytes(at, UNIT_BYTES);
    if (unit === undefined || !isWrittenUnit(unit, 0)) return;
    yield { position: unitPosition(unit, 0), byteLength: unitSize(unit, 0) };
  }
}
