import { crc32 } from 'node:zlib';
import { readInt64, writeInt64 } from '../../src/base/bytes.ts';
import { finishFrame, frameTerm, headFault, startFrame } from './wire.ts';

/** Frame types of the transfer of a snapshot (raft/FORMATS.md 5). */
export const snapshotFrames = { offer: 48, chunk: 49, reply: 50 } as const;

const OFFER_END = 96;
const CHUNK_END = 56;
const REPLY_END = 48;

/** A leader offers the state after entry `index`, and the entry with which the receiver's log is to begin. */
export interface SnapshotOffer {
  readonly term: number;
  readonly index: number;
  /** Of the snapshot file and the base entry together. */
  readonly totalBytes: number;
  /** CRC-32 of all of it: tells one transfer from another. */
  readonly crc: number;
  readonly baseIndex: number;
  readonly baseTerm: number;
}

export interface SnapshotChunk {
  readonly term: number;
  /** Of the offer that it belongs to. */
  readonly crc: number;
  readonly offset: number;
  readonly bytes: Buffer;
}

/** The receiver has everything below `offset`, and waits for what follows. */
export interface SnapshotReply {
  readonly term: number;
  readonly crc: number;
  readonly offset: number;
}

export function encodeOffer(offer: SnapshotOffer, incarnation: number): Buffer[] {
  const head = startFrame(snapshotFrames.offer, 0, OFFER_END, offer.term, incarnation);
  writeInt64(head, offer.index, 32);
  writeInt64(head, offer.totalBytes, 40);
  head.writeUInt32BE(offer.crc, 48);
  writeInt64(head, offer.baseIndex, 56);
  writeInt64(head, offer.baseTerm, 64);
  return [finishFrame(head, 0)];
}

export function decodeOffer(frame: Buffer): SnapshotOffer | string {
  const fault = headFault(frame, OFFER_END);
  if (fault !== undefined) return fault;
  return {
    term: frameTerm(frame),
    index: readInt64(frame, 32),
    totalBytes: readInt64(frame, 40),
    crc: frame.readUInt32BE(48),
    baseIndex: readInt64(frame, 56),
    baseTerm: readInt64(frame, 64),
  };
}

export function encodeChunk({ term, crc, offset, bytes }: SnapshotChunk, incarnation: number): Buffer[] {
  const head = startFrame(snapshotFrames.chunk, 0, CHUNK_END, term, incarnation);
  head.writeUInt32BE(crc, 32);
  head.writeUInt32BE(crc32(bytes), 36);
  writeInt64(head, offset, 40);
  return [finishFrame(head, bytes.length), bytes];
}

export function decodeChunk(frame: Buffer): SnapshotChunk | string {
  const fault = headFault(frame, CHUNK_END);
  if (fault !== undefined) return fault;
  const bytes = frame.subarray(frame.readUInt16BE(6));
  if (crc32(bytes) !== frame.readUInt32BE(36)) return 'a piece of a snapshot with a wrong checksum';
  return { term: frameTerm(frame), crc: frame.readUInt32BE(32), offset: readInt64(frame, 40), bytes };
}

export function encodeReply({ term, crc, offset }: SnapshotReply, incarnation: number): Buffer[] {
  const head = startFrame(snapshotFrames.reply, 0, REPLY_END, term, incarnation);
  head.writeUInt32BE(crc, 32);
  writeInt64(head, offset, 40);
  return [finishFrame(head, 0)];
}

export function decodeReply(frame: Buffer): SnapshotReply | string {
  const fault = headFault(frame, REPLY_END);
  if (fault !== undefined) return fault;
  return { term: frameTerm(frame), crc: frame.readUInt32BE(32), offset: readInt64(frame, 40) };
}
