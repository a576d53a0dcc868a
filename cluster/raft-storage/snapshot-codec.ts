import { crc32 } from 'node:zlib';
import { readInt64, writeInt64 } from '../../src/base/bytes.ts';
import type { LogCheckpoint } from './entry-chain.ts';

/** Layout of a snapshot file (raft/FORMATS.md 7). */
export const snapshotVersion = 1;

const magic = 'LMQSNAP1';
const endMark = Buffer.from('LMQSNEND', 'latin1');
const headerBytes = 128;
/** So much of a file tells how long it is. */
export const snapshotHeadBytes: number = headerBytes;
const sectionHeaderBytes = 24;

/** Section types of version 1. */
export const sectionTypes = {
  members: 1,
  identity: 2,
  topics: 3,
  groups: 4,
  offsets: 5,
  delayProgress: 6,
  queueNextOffsets: 7,
  hotConfig: 8,
  queueOwners: 16,
  controllerState: 23,
} as const;

/** The state after applying entry `index`, and where that entry stands. */
export interface SnapshotHeader extends LogCheckpoint {
  readonly chainStart: number;
  /** 32 hex digits; '' = not known. */
  readonly groupId: string;
  readonly dataFileSize: number;
  readonly firstPosition: number;
  /** Of the last record at `index`. */
  readonly storeTimestamp: number;
}

export interface SnapshotSection {
  readonly type: number;
  readonly version: number;
  /** A reader that does not know the section refuses the snapshot; otherwise it keeps it and copies it on. */
  readonly mandatory: boolean;
  readonly content: Buffer;
}

export interface Snapshot {
  readonly header: SnapshotHeader;
  readonly sections: readonly SnapshotSection[];
}

/** The bytes of a snapshot file, as buffers that follow each other; contents are not copied. */
export function encodeSnapshot(snapshot: Snapshot): Buffer[] {
  const parts: Buffer[] = [];
  for (const section of snapshot.sections) parts.push(sectionHeader(section), section.content);
  parts.push(endMark);
  const total = headerBytes + parts.reduce((sum, part) => sum + part.length, 0);
  return [fileHeader(snapshot, total), ...parts];
}

function fileHeader({ header, sections }: Snapshot, total: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(magic, 0, 'latin1');
  bytes.writeUInt16BE(snapshotVersion, 8);
  bytes.writeUInt16BE(headerBytes, 10);
  bytes.writeUInt32BE(sections.length, 12);
  writeInt64(bytes, header.index, 16);
  writeInt64(bytes, header.term, 24);
  writeInt64(bytes, header.position, 32);
  writeInt64(bytes, header.endPosition, 40);
  bytes.writeUInt32BE(header.chainCrc, 48);
  bytes.writeUInt32BE(header.chainStart, 52);
  bytes.write(header.groupId, 56, 16, 'hex');
  writeInt64(bytes, header.dataFileSize, 72);
  writeInt64(bytes, header.firstPosition, 80);
  writeInt64(bytes, total, 88);
  writeInt64(bytes, header.storeTimestamp, 96);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 124)), 124);
  return bytes;
}

function sectionHeader({ type, version, mandatory, content }: SnapshotSection): Buffer {
  const bytes = Buffer.alloc(sectionHeaderBytes);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(version, 2);
  bytes.writeUInt32BE(mandatory ? 1 : 0, 4);
  writeInt64(bytes, content.length, 8);
  bytes.writeUInt32BE(crc32(content), 16);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 20)), 20);
  return bytes;
}

/** Reads a whole file; a text says why it is no snapshot that this software can use. `known` gives the highest known version of a type. */
export function decodeSnapshot(bytes: Buffer, known: ReadonlyMap<number, number>): Snapshot | string {
  const header = decodeHeader(bytes);
  if (typeof header === 'string') return header;
  const sections: SnapshotSection[] = [];
  let at = bytes.readUInt16BE(10);
  for (let count = bytes.readUInt32BE(12); count > 0; count--) {
    const section = decodeSection(bytes, at);
    if (typeof section === 'string') return section;
    const { type, version, mandatory, content } = section;
    const knownVersion = known.get(type);
    if (knownVersion === undefined ? mandatory : version > knownVersion) {
      return `section type ${type} version ${version} is not known to this software`;
    }
    sections.push(section);
    at += sectionHeaderBytes + content.length;
  }
  if (!bytes.subarray(at).equals(endMark)) return 'its end mark is missing';
  return { header, sections };
}

function decodeHeader(bytes: Buffer): SnapshotHeader | string {
  if (bytes.length < headerBytes + endMark.length || bytes.toString('latin1', 0, 8) !== magic)
    return 'it is no snapshot';
  if (crc32(bytes.subarray(0, 124)) !== bytes.readUInt32BE(124)) return 'its header has a wrong checksum';
  const version = bytes.readUInt16BE(8);
  if (version !== snapshotVersion) return `its format version is ${version}, this software knows ${snapshotVersion}`;
  const total = readInt64(bytes, 88);
  if (total !== bytes.length) return `it has ${bytes.length} of ${total} bytes`;
  const groupId = bytes.toString('hex', 56, 72);
  return {
    index: readInt64(bytes, 16),
    term: readInt64(bytes, 24),
    position: readInt64(bytes, 32),
    endPosition: readInt64(bytes, 40),
    chainCrc: bytes.readUInt32BE(48),
    chainStart: bytes.readUInt32BE(52),
    groupId: /^0+$/.test(groupId) ? '' : groupId,
    dataFileSize: readInt64(bytes, 72),
    firstPosition: readInt64(bytes, 80),
    storeTimestamp: readInt64(bytes, 96),
  };
}

function decodeSection(bytes: Buffer, at: number): SnapshotSection | string {
  if (at + sectionHeaderBytes > bytes.length) return 'a section is cut off';
  if (crc32(bytes.subarray(at, at + 20)) !== bytes.readUInt32BE(at + 20))
    return 'a section header has a wrong checksum';
  const [type, version] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
  const start = at + sectionHeaderBytes;
  const end = start + readInt64(bytes, at + 8);
  if (end > bytes.length) return `section type ${type} is cut off`;
  const content = bytes.subarray(start, end);
  if (crc32(content) !== bytes.readUInt32BE(at + 16)) return `section type ${type} has a wrong checksum`;
  return { type, version, mandatory: (bytes.readUInt32BE(at + 4) & 1) !== 0, content };
}
