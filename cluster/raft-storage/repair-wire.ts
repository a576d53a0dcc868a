import type { EntryBatch } from '../../raft/index.ts';
import { readInt64, writeInt64 } from '../../src/base/bytes.ts';
import { batchOf, entryBytesOf } from './entry-batch.ts';
import { finishFrame, headFault, startFrame } from './wire.ts';

/** Frame types of repair (raft/FORMATS.md 5). */
export const repairRequestType = 56;
export const repairReplyType = 57;
const requestEnd = 64;
const replyEnd = 64;

export function isRepairFrame(type: number): boolean {
  return type === repairRequestType || type === repairReplyType;
}

/** Stands for a term that the asker does not know. */
export const anyTerm: number = Number.MAX_SAFE_INTEGER;

/** Asks for the entries from `index` on. */
export interface RepairRequest {
  readonly sequence: number;
  readonly index: number;
  readonly term: number;
  readonly maxBytes: number;
}

export interface RepairReply {
  readonly sequence: number;
  /** Undefined: not here. */
  readonly batch: EntryBatch | undefined;
}

export function encodeRepairRequest(request: RepairRequest, term: number, incarnation: number): Buffer {
  const head = startFrame(repairRequestType, 0, requestEnd, term, incarnation);
  writeInt64(head, request.sequence, 32);
  writeInt64(head, request.index, 40);
  writeInt64(head, request.term, 48);
  head.writeUInt32BE(request.maxBytes, 56);
  return finishFrame(head, 0);
}

/** The request of a whole frame of its type; a text says what is wrong. */
export function decodeRepairRequest(frame: Buffer): RepairRequest | string {
  const fault = headFault(frame, requestEnd);
  if (fault !== undefined) return fault;
  return {
    sequence: readInt64(frame, 32),
    index: readInt64(frame, 40),
    term: readInt64(frame, 48),
    maxBytes: frame.readUInt32BE(56),
  };
}

/** Buffers for one gathered write; entries are views. */
export function encodeRepairReply({ sequence, batch }: RepairReply, term: number, incarnation: number): Buffer[] {
  const head = startFrame(repairReplyType, batch === undefined ? 1 : 0, replyEnd, term, incarnation);
  writeInt64(head, sequence, 32);
  if (batch !== undefined) {
    writeInt64(head, batch.first, 40);
    writeInt64(head, batch.runs[0]!.term, 48);
    head.writeUInt32BE(batch.byteLength, 56);
  }
  finishFrame(head, batch?.byteLength ?? 0);
  return batch === undefined ? [head] : [head, ...entryBytesOf(batch)];
}

/** The reply of a whole frame of its type; a text says what is wrong. No CRC of an entry is checked here. */
export function decodeRepairReply(frame: Buffer): RepairReply | string {
  const fault = headFault(frame, replyEnd);
  if (fault !== undefined) return fault;
  const sequence = readInt64(frame, 32);
  if ((frame.readUInt8(5) & 1) !== 0) return { sequence, batch: undefined };
  const bytes = frame.subarray(frame.readUInt16BE(6));
  if (bytes.length !== frame.readUInt32BE(56)) return 'a repair whose entries have another length than it says';
  const batch = batchOf(bytes);
  if (typeof batch === 'string') return `a repair in which ${batch}`;
  return batch.first === readInt64(frame, 40)
    ? { sequence, batch }
    : 'a repair that begins with another entry than it says';
}
