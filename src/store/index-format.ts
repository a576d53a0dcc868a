import { readInt64, writeInt32, writeInt64 } from '../base/bytes.ts';

/** Layout of an index file (RocketMQ's IndexFile and IndexHeader): header, slots of 4 bytes, entries of 20; entry 0 is never used. */
export const INDEX_HEADER_BYTES = 40;
export const INDEX_SLOT_BYTES = 4;
export const INDEX_ENTRY_BYTES = 20;

export interface IndexGeometry {
  /** maxHashSlotNum. */
  readonly slotCount: number;
  /** maxIndexNum: entries of a file, the unused first one counted. */
  readonly entryCount: number;
}

export function indexFileBytes(geometry: IndexGeometry): number {
  return entryAddress(geometry, geometry.entryCount);
}

export function slotAddress(slot: number): number {
  return INDEX_HEADER_BYTES + slot * INDEX_SLOT_BYTES;
}

export function entryAddress(geometry: IndexGeometry, entry: number): number {
  return INDEX_HEADER_BYTES + geometry.slotCount * INDEX_SLOT_BYTES + entry * INDEX_ENTRY_BYTES;
}

export interface IndexHeader {
  beginTimestamp: number;
  endTimestamp: number;
  beginPosition: number;
  endPosition: number;
  /** Slots in use; 0 with entries present = the slots in the file are not up to date. */
  usedSlots: number;
  /** Number of the next entry; 1 in an empty file. */
  nextEntry: number;
}

export function readIndexHeader(source: Buffer): IndexHeader {
  return {
    beginTimestamp: readInt64(source, 0),
    endTimestamp: readInt64(source, 8),
    beginPosition: readInt64(source, 16),
    endPosition: readInt64(source, 24),
    usedSlots: source.readInt32BE(32),
    nextEntry: Math.max(1, source.readInt32BE(36)),
  };
}

export function writeIndexHeader(target: Buffer, header: IndexHeader): void {
  writeInt64(target, header.beginTimestamp, 0);
  writeInt64(target, header.endTimestamp, 8);
  writeInt64(target, header.beginPosition, 16);
  writeInt64(target, header.endPosition, 24);
  target.writeInt32BE(header.usedSlots, 32);
  target.writeInt32BE(header.nextEntry, 36);
}

/** One entry; `previous` is the entry of the same slot before it, 0 for none. */
export interface IndexEntry {
  hash: number;
  position: number;
  /** Seconds after the file's `beginTimestamp`. */
  seconds: number;
  previous: number;
}

export function readIndexEntry(source: Buffer, at: number): IndexEntry {
  return {
    hash: source.readInt32BE(at),
    position: readInt64(source, at + 4),
    seconds: source.readInt32BE(at + 12),
    previous: source.readInt32BE(at + 16),
  };
}

export function writeIndexEntry(
  target: Buffer,
  at: number,
  hash: number,
  position: number,
  seconds: number,
  previous: number,
): void {
  writeInt32(target, hash, at);
  writeInt64(target, position, at + 4);
  writeInt32(target, seconds, at + 12);
  writeInt32(target, previous, at + 16);
}

/** Start value of a topic's key hashes: Java's String.hashCode of `topic#`. */
export function topicHash(topic: string): number {
  return hashOfText(0, `${topic}#`);
}

/** Absolute value of Java's String.hashCode of `topic#key`; MIN_VALUE gives 0 (IndexFile.indexKeyHashMethod). */
export function keyHash(startOfTopic: number, key: string): number {
  return absolute(hashOfText(startOfTopic, key));
}

/** The same for a key that stands as UTF-8 in `buffer[from, to)`; no string is made where it is ASCII. */
export function keyHashOfBytes(startOfTopic: number, buffer: Buffer, from: number, to: number): number {
  let hash = startOfTopic;
  for (let at = from; at < to; at++) {
    const byte = buffer[at]!;
    if (byte > 0x7f) return keyHash(startOfTopic, buffer.toString('utf8', from, to));
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return absolute(hash);
}

function hashOfText(start: number, text: string): number {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

function absolute(hash: number): number {
  return hash === -0x80000000 ? 0 : Math.abs(hash);
}
