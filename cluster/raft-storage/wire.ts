import { crc32 } from 'node:zlib';
import type { AppendRequest, Message, NodeId } from '../../raft/index.ts';
import { readInt64, writeInt64 } from '../../src/base/bytes.ts';
import { batchOf, entryBytesOf } from './entry-batch.ts';

/** The bytes that open a peer connection (raft/FORMATS.md 4); remoting frames never begin with a byte of 0x80 or more. */
export const connectionMagic: Buffer = Buffer.from([0xa7, 0x4c, 0x4d, 0x51, 0x50, 0x45, 0x45, 0x52]);
/** Longest frame without its length field, once the peer is known. */
export const maxFrameBytes: number = 64 << 20;
export const frameHeaderBytes = 32;

const crcAt = 24;

const frameTypes = {
  'pre-vote': 16,
  'pre-vote-reply': 17,
  vote: 18,
  'vote-reply': 19,
  'doubt-vote': 20,
  'doubt-vote-reply': 21,
  append: 32,
  'append-reply': 33,
  heartbeat: 34,
  'heartbeat-reply': 35,
  'timeout-now': 36,
  'doubt-end': 37,
} as const satisfies Record<Message['type'], number>;

const typeNames = new Map<number, Message['type']>(
  Object.entries(frameTypes).map(([name, type]) => [type, name as Message['type']]),
);

/** End of the fixed part of each type. */
const fixedEnds: Readonly<Record<Message['type'], number>> = {
  'pre-vote': 48,
  'pre-vote-reply': 32,
  vote: 48,
  'vote-reply': 32,
  'doubt-vote': 48,
  'doubt-vote-reply': 32,
  append: 80,
  'append-reply': 72,
  heartbeat: 48,
  'heartbeat-reply': 40,
  'timeout-now': 32,
  'doubt-end': 40,
};

/** Starts a frame: a zeroed head up to the variable part, with everything filled in that all types share, but no length and no crc. */
export function startFrame(type: number, flags: number, variableAt: number, term: number, incarnation: number): Buffer {
  const head = Buffer.alloc(variableAt);
  head.writeUInt8(type, 4);
  head.writeUInt8(flags, 5);
  head.writeUInt16BE(variableAt, 6);
  writeInt64(head, term, 8);
  writeInt64(head, incarnation, 16);
  return head;
}

/** Completes a frame whose variable part has `variableBytes` bytes. */
export function finishFrame(head: Buffer, variableBytes: number): Buffer {
  head.writeUInt32BE(head.length - 4 + variableBytes, 0);
  head.writeUInt32BE(crc32(head), crcAt);
  return head;
}

/** What is wrong with the head of a whole frame (length field included), or undefined. `fixedEnd` = least end of the fixed part. */
export function headFault(frame: Buffer, fixedEnd: number): string | undefined {
  const variableAt = frame.length < frameHeaderBytes ? 0 : frame.readUInt16BE(6);
  if (variableAt < fixedEnd || variableAt > frame.length) return 'a frame that is too short for its type';
  const head = frame.subarray(0, variableAt);
  const stored = head.readUInt32BE(crcAt);
  head.writeUInt32BE(0, crcAt);
  const actual = crc32(head);
  head.writeUInt32BE(stored, crcAt);
  return stored === actual ? undefined : 'a frame with a wrong checksum';
}

export function frameType(frame: Buffer): number {
  return frame.readUInt8(4);
}

export function frameTerm(frame: Buffer): number {
  return readInt64(frame, 8);
}

export function frameIncarnation(frame: Buffer): number {
  return readInt64(frame, 16);
}

/** Adds a message to `out` as buffers for one gathered write; entries are views, not copied. Returns the number of bytes. */
export function encodeMessage(message: Message, incarnation: number, out: Buffer[]): number {
  const type = frameTypes[message.type];
  const head = startFrame(type, flagsOf(message), fixedEnds[message.type], message.term, incarnation);
  writeFields(head, message);
  const entries = message.type === 'append' ? message.entries : undefined;
  finishFrame(head, entries?.byteLength ?? 0);
  out.push(head);
  if (entries !== undefined) for (const bytes of entryBytesOf(entries)) out.push(bytes);
  return head.length + (entries?.byteLength ?? 0);
}

function flagsOf(message: Message): number {
  switch (message.type) {
    case 'pre-vote':
    case 'vote':
    case 'doubt-vote':
      return message.transfer ? 1 : 0;
    case 'pre-vote-reply':
    case 'vote-reply':
    case 'doubt-vote-reply':
      return (message.granted ? 1 : 0) | (message.inDoubt ? 2 : 0) | (message.fresh ? 4 : 0);
    case 'append':
      return message.syncFlush ? 1 : 0;
    case 'append-reply':
      return (message.rejected ? 1 : 0) | (message.inDoubt ? 2 : 0);
    case 'heartbeat-reply':
      return (message.inDoubt ? 2 : 0) | (message.unwell ? 4 : 0);
    default:
      return 0;
  }
}

function writeFields(head: Buffer, message: Message): void {
  switch (message.type) {
    case 'pre-vote':
    case 'vote':
    case 'doubt-vote':
      writeInt64(head, message.lastIndex, 32);
      writeInt64(head, message.lastTerm, 40);
      return;
    case 'append':
      writeAppend(head, message);
      return;
    case 'append-reply':
      writeInt64(head, message.sequence, 32);
      writeInt64(head, message.index, 40);
      writeInt64(head, message.syncedIndex, 48);
      writeInt64(head, message.hintIndex, 56);
      writeInt64(head, message.hintTerm, 64);
      return;
    case 'heartbeat':
      writeInt64(head, message.commit, 32);
      writeInt64(head, message.round, 40);
      return;
    case 'heartbeat-reply':
      writeInt64(head, message.round, 32);
      return;
    case 'doubt-end':
      writeInt64(head, message.index, 32);
      return;
    default:
  }
}

function writeAppend(head: Buffer, message: AppendRequest): void {
  const { entries } = message;
  writeInt64(head, message.sequence, 32);
  writeInt64(head, message.prevIndex, 40);
  writeInt64(head, message.prevTerm, 48);
  writeInt64(head, message.commit, 56);
  head.writeUInt32BE(message.prevChainCrc, 64);
  if (entries === undefined) return;
  head.writeUInt32BE(entries.last - entries.first + 1, 68);
  head.writeUInt32BE(entries.byteLength, 72);
}

/** The message of a whole frame (length field included) on a connection from `from` to `to`; a text says what is wrong: the connection is to be closed. */
export function decodeMessage(frame: Buffer, from: NodeId, to: NodeId): Message | string {
  const type = frame.length < frameHeaderBytes ? undefined : typeNames.get(frameType(frame));
  if (type === undefined) return `a frame of unknown type ${frame.length > 4 ? frameType(frame) : 'none'}`;
  const fault = headFault(frame, fixedEnds[type]);
  if (fault !== undefined) return fault;
  const flags = frame.readUInt8(5);
  const first = (flags & 1) !== 0;
  const inDoubt = (flags & 2) !== 0;
  const term = frameTerm(frame);
  // Whole literals: an object that begins with a spread gets a new hidden class each time, at 5 µs a message.
  switch (type) {
    case 'pre-vote':
    case 'vote':
    case 'doubt-vote':
      return { type, from, to, term, lastIndex: readInt64(frame, 32), lastTerm: readInt64(frame, 40), transfer: first };
    case 'pre-vote-reply':
    case 'vote-reply':
    case 'doubt-vote-reply':
      return { type, from, to, term, granted: first, inDoubt, fresh: (flags & 4) !== 0 };
    case 'append':
      return decodeAppend(frame, from, to, first);
    case 'append-reply':
      return {
        type,
        from,
        to,
        term,
        sequence: readInt64(frame, 32),
        rejected: first,
        index: readInt64(frame, 40),
        syncedIndex: readInt64(frame, 48),
        hintIndex: readInt64(frame, 56),
        hintTerm: readInt64(frame, 64),
        inDoubt,
      };
    case 'heartbeat':
      return { type, from, to, term, commit: readInt64(frame, 32), round: readInt64(frame, 40) };
    case 'heartbeat-reply':
      return { type, from, to, term, round: readInt64(frame, 32), inDoubt, unwell: (flags & 4) !== 0 };
    case 'timeout-now':
      return { type, from, to, term };
    case 'doubt-end':
      return { type, from, to, term, index: readInt64(frame, 32) };
  }
}

function decodeAppend(frame: Buffer, from: NodeId, to: NodeId, syncFlush: boolean): AppendRequest | string {
  const term = frameTerm(frame);
  const prevIndex = readInt64(frame, 40);
  const count = frame.readUInt32BE(68);
  const bytes = frame.subarray(frame.readUInt16BE(6));
  if (bytes.length !== frame.readUInt32BE(72)) return 'an append whose entries have another length than it says';
  const batch = count === 0 ? undefined : batchOf(bytes);
  if (typeof batch === 'string') return `an append in which ${batch}`;
  if (batch !== undefined) {
    const wrong = batch.first !== prevIndex + 1 || batch.last !== prevIndex + count;
    if (wrong) return `an append of ${count} entries behind ${prevIndex} that holds ${batch.first} to ${batch.last}`;
    if (batch.runs.at(-1)!.term > term) return 'an append with an entry of a term above its own';
  }
  return {
    type: 'append',
    from,
    to,
    term,
    sequence: readInt64(frame, 32),
    prevIndex,
    prevTerm: readInt64(frame, 48),
    prevChainCrc: frame.readUInt32BE(64),
    commit: readInt64(frame, 56),
    syncFlush,
    entries: batch,
  };
}
