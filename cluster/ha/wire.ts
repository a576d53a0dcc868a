import { crc32 } from 'node:zlib';
import { readInt64, writeInt64 } from '../../src/base/bytes.ts';
import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';
import type { EpochEntry } from './replica-roles.ts';

/** First bytes of a slave of ours; no stock slave sends them, since a position is never negative. The last one is the version. */
export const MAGIC = Buffer.from([0xd4, 0x4c, 0x4d, 0x51, 0x48, 0x41, 0x00, 0x01]);

export const frameTypes = {
  hello: 1,
  start: 2,
  ack: 3,
  prove: 4,
  welcome: 17,
  refused: 18,
  data: 19,
  beat: 20,
  state: 21,
  proved: 22,
} as const;

/** Longest frame that a slave sends, and that a master sends beside data (a section of state). */
export const MAX_SLAVE_FRAME = 1 << 20;
export const MAX_MASTER_FRAME = 256 << 20;

const LENGTH_BYTES = 4;
const HEAD_BYTES = LENGTH_BYTES + 1;
/** Where a frame's type stands, and its content begins, in a frame as `FrameReader` gives it. */
export const TYPE_AT = LENGTH_BYTES;
export const CONTENT_AT = HEAD_BYTES;

/** What a slave says of itself first. */
export interface Hello {
  readonly cluster: string;
  readonly brokerName: string;
  readonly brokerId: number;
  /** `ip:port` for clients. */
  readonly address: string;
  /** mappedFileSizeCommitLog: records lie at the same places only where it is the same. */
  readonly fileBytes: number;
  /** Newest epoch that it knows; 0 without a Controller. */
  readonly masterEpoch: number;
  readonly epochs: readonly EpochEntry[];
  readonly endPosition: number;
  readonly learner: boolean;
  /** Lower is preferred at a hand-over [brokerElectionPriority]; a broker of a version before this does not say. */
  readonly priority?: number;
}

/** The master's answer: its log, so that the slave can tell where the two part. */
export interface Welcome {
  readonly masterEpoch: number;
  readonly epochs: readonly EpochEntry[];
  readonly minPosition: number;
  readonly endPosition: number;
  /** Identity of the set whose log it is; a master without a Controller, or of a version before this, does not say. */
  readonly setId?: string | undefined;
}

function frame(type: number, contentBytes: number, following = 0): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + contentBytes);
  bytes.writeUInt32BE(1 + contentBytes + following, 0);
  bytes[TYPE_AT] = type;
  return bytes;
}

export function encodeText(type: number, text: string): Buffer {
  const content = Buffer.from(text);
  return Buffer.concat([frame(type, 0, content.length), content]);
}

export function encodeJson(type: number, value: Hello | Welcome): Buffer {
  return encodeText(type, JSON.stringify(value));
}

/** The value of a JSON frame; undefined if it is none. */
export function decodeJson<T extends Hello | Welcome>(bytes: Buffer): T | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', CONTENT_AT));
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of a log's end, for comparing two logs. */
export interface EndProof {
  readonly position: number;
  /** How many bytes before the position were looked at. */
  readonly count: number;
  readonly crc: number;
}

export function proofOf(position: number, bytes: Buffer): EndProof {
  return { position, count: bytes.length, crc: crc32(bytes) };
}

export function encodeProof(type: number, { position, count, crc }: EndProof): Buffer {
  const bytes = frame(type, 16);
  writeInt64(bytes, position, CONTENT_AT);
  bytes.writeUInt32BE(count, CONTENT_AT + 8);
  bytes.writeUInt32BE(crc, CONTENT_AT + 12);
  return bytes;
}

/** The master's answer to a proof that holds. */
export const PROVED: Buffer = frame(frameTypes.proved, 0);

export function decodeProof(bytes: Buffer): EndProof {
  return {
    position: readInt64(bytes, CONTENT_AT),
    count: bytes.readUInt32BE(CONTENT_AT + 8),
    crc: bytes.readUInt32BE(CONTENT_AT + 12),
  };
}

export interface Ack {
  readonly position: number;
  /** Newest round of the master that the slave saw. */
  readonly round: number;
}

export function encodeAck({ position, round }: Ack): Buffer {
  const bytes = frame(frameTypes.ack, 16);
  writeInt64(bytes, position, CONTENT_AT);
  writeInt64(bytes, round, CONTENT_AT + 8);
  return bytes;
}

export function decodeAck(bytes: Buffer): Ack {
  return { position: readInt64(bytes, CONTENT_AT), round: readInt64(bytes, CONTENT_AT + 8) };
}

/** Head of what a master sends again and again. DATA: `position` is that of the records that follow; BEAT: the end of the master's log. */
export interface Progress {
  readonly position: number;
  readonly confirmPosition: number;
  readonly epoch: number;
  readonly round: number;
}

const PROGRESS_BYTES = 32;
/** Where the records of a DATA frame begin. */
export const RECORDS_AT = CONTENT_AT + PROGRESS_BYTES;

export function encodeProgress(type: number, progress: Progress, following = 0): Buffer {
  const bytes = frame(type, PROGRESS_BYTES, following);
  writeInt64(bytes, progress.position, CONTENT_AT);
  writeInt64(bytes, progress.confirmPosition, CONTENT_AT + 8);
  writeInt64(bytes, progress.epoch, CONTENT_AT + 16);
  writeInt64(bytes, progress.round, CONTENT_AT + 24);
  return bytes;
}

export function decodeProgress(bytes: Buffer): Progress {
  return {
    position: readInt64(bytes, CONTENT_AT),
    confirmPosition: readInt64(bytes, CONTENT_AT + 8),
    epoch: readInt64(bytes, CONTENT_AT + 16),
    round: readInt64(bytes, CONTENT_AT + 24),
  };
}

const STATE_BYTES = 16;

/** A section of the broker's state as of a position of the log. */
export function encodeState(position: number, { type, version, content }: StateSection): Buffer[] {
  const head = frame(frameTypes.state, STATE_BYTES, content.length);
  writeInt64(head, position, CONTENT_AT);
  head.writeUInt32BE(type, CONTENT_AT + 8);
  head.writeUInt32BE(version, CONTENT_AT + 12);
  return [head, content];
}

export function decodeState(bytes: Buffer): { readonly position: number; readonly section: StateSection } {
  const section = {
    type: bytes.readUInt32BE(CONTENT_AT + 8),
    version: bytes.readUInt32BE(CONTENT_AT + 12),
    content: bytes.subarray(CONTENT_AT + STATE_BYTES),
  };
  return { position: readInt64(bytes, CONTENT_AT), section };
}

/** Shortest content of each type of fixed form: anything shorter is no frame of ours. */
const SHORTEST: Readonly<Record<number, number>> = {
  [frameTypes.start]: 16,
  [frameTypes.prove]: 16,
  [frameTypes.ack]: 16,
  [frameTypes.data]: PROGRESS_BYTES + 1,
  [frameTypes.beat]: PROGRESS_BYTES,
  [frameTypes.state]: STATE_BYTES,
};

export function isTooShort(bytes: Buffer): boolean {
  return bytes.length < HEAD_BYTES || bytes.length - CONTENT_AT < (SHORTEST[bytes[TYPE_AT]!] ?? 0);
}
