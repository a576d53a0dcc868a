import { RecordReader } from '../../src/protocol/message/record-reader.ts';
import { INTERNAL_TOPIC } from '../../src/store/internal-topic.ts';
import type { ReplicaMessage } from '../checker/replica-state.ts';
import type { FileWindow } from './file-window.ts';

/** The length of a record stands in its first bytes. */
const LENGTH_BYTES = 4;

const reader = new RecordReader();

/** One record as it stands in a file of the native store. */
export interface StoredRecord {
  /** In the file. */
  readonly at: number;
  /** All of it; valid until the next record. */
  readonly bytes: Buffer;
}

/** Records of a file: up to the blank at its end, to what was never written, or to what makes no sense. */
export function* storedRecords(file: FileWindow): Generator<StoredRecord> {
  for (let at = 0; ; ) {
    const size = file.bytes(at, LENGTH_BYTES)?.readInt32BE(0) ?? 0;
    const bytes = size < LENGTH_BYTES ? undefined : file.bytes(at, size);
    if (bytes === undefined || reader.open(bytes, 0, size) !== 'record') return;
    yield { at, bytes };
    at += size;
  }
}

/** Messages in these bytes from `from` on, of which the first byte stands at `position` of the log; internal ones are left out. */
export function messagesIn(bytes: Buffer, from: number, position: number): ReplicaMessage[] {
  const messages: ReplicaMessage[] = [];
  for (let at = from; at < bytes.length && reader.open(bytes, at, bytes.length) === 'record'; at += reader.size) {
    const { topic, queueId, queueOffset, size } = reader;
    if (topic === INTERNAL_TOPIC) continue;
    messages.push({ key: `${topic}/${queueId}`, offset: queueOffset, position: position + at, byteLength: size });
  }
  return messages;
}
