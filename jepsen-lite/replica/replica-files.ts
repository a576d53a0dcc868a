import { crc32 } from 'node:zlib';
import { entryHeaderBytes } from '../../cluster/raft-storage/entry.ts';
import { RecordReader } from '../../src/protocol/message/record-reader.ts';
import { INTERNAL_TOPIC } from '../../src/store/internal-topic.ts';
import { isWrittenUnit, UNIT_BYTES, unitPosition, unitSize } from '../../src/store/queue-unit.ts';
import type { ReplicaEntry, ReplicaMessage, ReplicaQueue, ReplicaState } from '../checker/replica-state.ts';
import { type FileView, logFiles } from './file-view.ts';
import { type StoredEntry, storedEntries } from './stored-entries.ts';

/**
 * What a member holds in its files: the bytes of its log as they are, without a look at any checksum in them, and its consume queues. `commitIndex`
 * is what it had committed at least.
 */
export function groupReplica(
  view: FileView,
  node: string,
  raftDirectory: string,
  storeDirectory: string,
  commitIndex: number,
): ReplicaState {
  const entries: ReplicaEntry[] = [];
  for (const { path, start } of logFiles(view, `${raftDirectory}/data`)) {
    for (const entry of storedEntries(view.read(path), start))
      if (entry.index <= commitIndex) entries.push(described(entry));
  }
  return { node, timeNs: 0, commitIndex, entries, queues: queuesBelow(view, storeDirectory, endOf(entries)) };
}

/** The same of a broker on the native store: each record counts as an entry, and all of them as committed. `numberOf`: the number of the record that begins at a place. */
export function nativeReplica(
  view: FileView,
  node: string,
  storeDirectory: string,
  numberOf: (position: number) => number = () => 1,
): ReplicaState {
  const entries: ReplicaEntry[] = [];
  let first: number | undefined;
  for (const { path, start } of logFiles(view, `${storeDirectory}/commitlog`)) {
    const buffer = view.read(path);
    for (let at = 0; reader.open(buffer, at, buffer.length) === 'record'; at += reader.size) {
      const { size } = reader;
      const messages = messagesIn(buffer, at, at + size, start);
      const crc = crc32(buffer.subarray(at, at + size));
      first ??= numberOf(start + at);
      entries.push({ index: first + entries.length, term: 0, position: start + at, byteLength: size, crc, messages });
    }
  }
  return {
    node,
    timeNs: 0,
    commitIndex: entries.at(-1)?.index ?? 0,
    entries,
    queues: queuesBelow(view, storeDirectory, endOf(entries)),
  };
}

function endOf(entries: readonly ReplicaEntry[]): number {
  const end = entries.at(-1);
  return end === undefined ? 0 : end.position + end.byteLength;
}

function described({ index, term, position, buffer, offset, byteLength }: StoredEntry): ReplicaEntry {
  const crc = crc32(buffer.subarray(offset, offset + byteLength));
  const body = offset + entryHeaderBytes;
  const messages = messagesIn(buffer, body, offset + byteLength, position - offset);
  return { index, term, position, byteLength, crc, messages };
}

const reader = new RecordReader();

/** `shift`: position of the buffer's first byte in the log. */
function messagesIn(buffer: Buffer, from: number, to: number, shift: number): ReplicaMessage[] {
  const messages: ReplicaMessage[] = [];
  for (let at = from; at < to && reader.open(buffer, at, to) === 'record'; at += reader.size) {
    const { topic, queueId, queueOffset, size } = reader;
    if (topic === INTERNAL_TOPIC) continue;
    messages.push({ key: `${topic}/${queueId}`, offset: queueOffset, position: at + shift, byteLength: size });
  }
  return messages;
}

/** What the consume queues say of the log below this position. */
function queuesBelow(view: FileView, storeDirectory: string, endPosition: number): ReplicaQueue[] {
  const directory = `${storeDirectory}/consumequeue`;
  return view.names(directory).flatMap((topic) =>
    view.names(`${directory}/${topic}`).map((queueId): ReplicaQueue => {
      const files = logFiles(view, `${directory}/${topic}/${queueId}`);
      const units = files.flatMap(({ path }) => unitsOf(view.read(path)));
      const firstOffset = (files[0]?.start ?? 0) / UNIT_BYTES;
      return { key: `${topic}/${queueId}`, firstOffset, units: units.filter(({ position }) => position < endPosition) };
    }),
  );
}

function unitsOf(bytes: Buffer): { position: number; byteLength: number }[] {
  const units: { position: number; byteLength: number }[] = [];
  for (let at = 0; at + UNIT_BYTES <= bytes.length && isWrittenUnit(bytes, at); at += UNIT_BYTES) {
    units.push({ position: unitPosition(bytes, at), byteLength: unitSize(bytes, at) });
  }
  return units;
}
