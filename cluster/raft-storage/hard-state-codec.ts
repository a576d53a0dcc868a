import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { readInt64, writeInt64 } from '../../src/base/bytes.ts';
import type { SeenStart } from './hello-check.ts';

/** Layout of one slot of the file `hardstate` (raft/FORMATS.md 3). */
export const slotBytes = 4096;
export const hardStateVersion = 1;

const magic = 'LMQHARD1';
const voteAt = 128;
const memberIdAt = 384;
const groupNameAt = 640;
const extensionsAt = 896;
const crcAt = slotBytes - 4;
const nameBytes = 254;
const incarnationsType = 1;
const noncesType = 2;
const syncedMarkType = 3;
const nonceBytes = 8;
/** Extensions of this type or above must be understood. */
const mandatoryType = 0x8000;

/** Why a node is in doubt (safety rules, section 2). */
export const doubtReasons = {
  none: 0,
  emptyStore: 1,
  unreadableHardState: 2,
  ioError: 3,
  recoveryCut: 4,
  otherBoot: 5,
  /** As emptyStore, but has cast a doubt-vote since. */
  founder: 6,
} as const;

export type DoubtReason = (typeof doubtReasons)[keyof typeof doubtReasons];

/** Up to here the log is committed and fsynced for certain. */
export interface SyncedMark {
  readonly index: number;
  /** End of that entry. */
  readonly endPosition: number;
}

/** All that a slot holds. Ids are lower-case hex; '' = zeros = not known. */
export interface HardStateRecord {
  sequence: number;
  term: number;
  /** Member voted for in `term`; '' for none. */
  vote: string;
  /** Number of this start. */
  incarnation: number;
  groupId: string;
  /** Of the last start. */
  bootId: string;
  inDoubt: boolean;
  doubtReason: number;
  cleanStop: boolean;
  /** Acknowledgements were given under this flush mode since all of the log was last fsynced. */
  asyncAcks: boolean;
  syncAcks: boolean;
  /** An I/O error ended the last run. */
  ioError: boolean;
  firstWrotePosition: number;
  firstWroteIndex: number;
  /** What the log ended with at the clean stop. */
  cleanIndex: number;
  cleanTerm: number;
  cleanChainCrc: number;
  memberId: string;
  groupName: string;
  /** The newest start that was seen of each peer. */
  peerStarts: ReadonlyMap<string, SeenStart>;
  /** Undefined: nothing is known of this. */
  syncedMark: SyncedMark | undefined;
  /** Extensions of a later version, kept as they are (type, length, bytes). */
  otherExtensions: Buffer;
}

const flagBits = { inDoubt: 1, cleanStop: 2, asyncAcks: 4, syncAcks: 8, ioError: 16 } as const;

/** One slot. Throws a RangeError for names longer than 254 bytes or too many peers: the configuration is checked before. */
export function encodeSlot(record: HardStateRecord): Buffer {
  const slot = Buffer.alloc(slotBytes);
  slot.write(magic, 0, 'latin1');
  slot.writeUInt16BE(hardStateVersion, 8);
  let flags = 0;
  for (const [name, bit] of Object.entries(flagBits)) if (record[name as keyof typeof flagBits]) flags |= bit;
  slot.writeUInt32BE(flags, 12);
  writeInt64(slot, record.sequence, 16);
  writeInt64(slot, record.term, 24);
  writeInt64(slot, record.incarnation, 32);
  slot.write(record.groupId, 40, 16, 'hex');
  slot.write(record.bootId, 56, 16, 'hex');
  writeInt64(slot, record.firstWrotePosition, 72);
  writeInt64(slot, record.firstWroteIndex, 80);
  slot.writeUInt32BE(record.doubtReason, 88);
  writeInt64(slot, record.cleanIndex, 96);
  writeInt64(slot, record.cleanTerm, 104);
  slot.writeUInt32BE(record.cleanChainCrc, 112);
  writeName(slot, voteAt, record.vote);
  writeName(slot, memberIdAt, record.memberId);
  writeName(slot, groupNameAt, record.groupName);
  slot.writeUInt16BE(writeExtensions(slot, record), 10);
  slot.writeUInt32BE(crc32(slot.subarray(0, crcAt)), crcAt);
  return slot;
}

function writeName(slot: Buffer, at: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > nameBytes) throw new RangeError(`the name ${text} is longer than ${nameBytes} bytes`);
  slot.writeUInt16BE(bytes.length, at);
  bytes.copy(slot, at + 2);
}

function readName(slot: Buffer, at: number): string {
  return slot.toString('utf8', at + 2, at + 2 + Math.min(slot.readUInt16BE(at), nameBytes));
}

function writeExtensions(slot: Buffer, { peerStarts, syncedMark, otherExtensions }: HardStateRecord): number {
  const starts = [...peerStarts];
  const known = starts.filter(([, { nonce }]) => nonce !== '');
  const all = Buffer.concat([
    extension(
      incarnationsType,
      starts.map(([id, { incarnation }]) => startEntry(id, incarnation, '')),
    ),
    extension(
      noncesType,
      known.map(([id, { incarnation, nonce }]) => startEntry(id, incarnation, nonce)),
    ),
    extension(syncedMarkType, syncedMark === undefined ? [] : [markBytes(syncedMark)]),
    otherExtensions,
  ]);
  if (all.length > crcAt - extensionsAt - 2) throw new RangeError('too many peers for the hard state');
  all.copy(slot, extensionsAt);
  return extensionsAt + all.length;
}

function extension(type: number, entries: readonly Buffer[]): Buffer {
  if (entries.length === 0) return Buffer.alloc(0);
  const bytes = Buffer.concat(entries);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

function markBytes({ index, endPosition }: SyncedMark): Buffer {
  const bytes = Buffer.alloc(16);
  writeInt64(bytes, index, 0);
  writeInt64(bytes, endPosition, 8);
  return bytes;
}

/** Incarnation, nonce if it is given, id. */
function startEntry(id: string, incarnation: number, nonce: string): Buffer {
  const name = Buffer.from(id, 'utf8');
  const head = Buffer.alloc(8);
  writeInt64(head, incarnation, 0);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(name.length, 0);
  return Buffer.concat([head, Buffer.from(nonce, 'hex'), length, name]);
}

/** A slot's record; `invalid` = torn or never written; `refused` = a sentence: it must be understood and is not. */
export type DecodedSlot =
  | { readonly kind: 'ok'; readonly record: HardStateRecord }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'refused'; readonly message: string };

export function decodeSlot(slot: Buffer): DecodedSlot {
  if (slot.length < slotBytes || slot.toString('latin1', 0, 8) !== magic) return { kind: 'invalid' };
  if (slot.readUInt32BE(crcAt) !== crc32(slot.subarray(0, crcAt))) return { kind: 'invalid' };
  const version = slot.readUInt16BE(8);
  if (version !== hardStateVersion) {
    const message = `its format version is ${version}, this software knows ${hardStateVersion}`;
    return { kind: 'refused', message };
  }
  const extensions = readExtensions(slot);
  if (typeof extensions === 'string') return { kind: 'refused', message: extensions };
  const flags = slot.readUInt32BE(12);
  return {
    kind: 'ok',
    record: {
      sequence: readInt64(slot, 16),
      term: readInt64(slot, 24),
      incarnation: readInt64(slot, 32),
      groupId: hexAt(slot, 40),
      bootId: hexAt(slot, 56),
      inDoubt: (flags & flagBits.inDoubt) !== 0,
      cleanStop: (flags & flagBits.cleanStop) !== 0,
      asyncAcks: (flags & flagBits.asyncAcks) !== 0,
      syncAcks: (flags & flagBits.syncAcks) !== 0,
      ioError: (flags & flagBits.ioError) !== 0,
      firstWrotePosition: readInt64(slot, 72),
      firstWroteIndex: readInt64(slot, 80),
      doubtReason: slot.readUInt32BE(88),
      cleanIndex: readInt64(slot, 96),
      cleanTerm: readInt64(slot, 104),
      cleanChainCrc: slot.readUInt32BE(112),
      vote: readName(slot, voteAt),
      memberId: readName(slot, memberIdAt),
      groupName: readName(slot, groupNameAt),
      ...extensions,
    },
  };
}

function hexAt(slot: Buffer, at: number): string {
  const hex = slot.toString('hex', at, at + 16);
  return /^0+$/.test(hex) ? '' : hex;
}

type Extensions = Pick<HardStateRecord, 'peerStarts' | 'syncedMark' | 'otherExtensions'>;

function readExtensions(slot: Buffer): Extensions | string {
  let syncedMark: SyncedMark | undefined;
  const peerStarts = new Map<string, SeenStart>();
  const nonces = new Map<string, SeenStart>();
  const others: Buffer[] = [];
  const end = Math.min(Math.max(slot.readUInt16BE(10), extensionsAt), crcAt);
  for (let at = extensionsAt; at + 4 <= end; ) {
    const type = slot.readUInt16BE(at);
    if (type === 0) break;
    const bytes = slot.subarray(at + 4, Math.min(at + 4 + slot.readUInt16BE(at + 2), end));
    if (type >= mandatoryType) return `it has an extension of type ${type}, which this software does not know`;
    if (type === incarnationsType) readStarts(bytes, 0, peerStarts);
    else if (type === noncesType) readStarts(bytes, nonceBytes, nonces);
    else if (type === syncedMarkType && bytes.length >= 16)
      syncedMark = { index: readInt64(bytes, 0), endPosition: readInt64(bytes, 8) };
    else others.push(Buffer.from(slot.subarray(at, at + 4 + bytes.length)));
    at += 4 + bytes.length;
  }
  // A version that knows no nonces keeps them as they are beside a higher incarnation.
  for (const [id, start] of nonces)
    if (peerStarts.get(id)?.incarnation === start.incarnation) peerStarts.set(id, start);
  return { peerStarts, syncedMark, otherExtensions: Buffer.concat(others) };
}

function readStarts(bytes: Buffer, nonceLength: number, into: Map<string, SeenStart>): void {
  const lengthAt = 8 + nonceLength;
  for (let at = 0; at + lengthAt + 2 <= bytes.length; ) {
    const idAt = at + lengthAt + 2;
    const length = bytes.readUInt16BE(at + lengthAt);
    const nonce = bytes.toString('hex', at + 8, at + lengthAt);
    into.set(bytes.toString('utf8', idAt, idAt + length), { incarnation: readInt64(bytes, at), nonce });
    at = idAt + length;
  }
}

/** The 16 bytes that stand for a boot id, as hex: a UUID as it is, any other text by its hash; '' for an unknown one. */
export function bootIdHex(bootId: string | undefined): string {
  if (bootId === undefined || bootId === '') return '';
  const hex = bootId.replaceAll('-', '').toLowerCase();
  if (/^[0-9a-f]{32}$/.test(hex)) return hex;
  return createHash('sha256').update(bootId).digest('hex').slice(0, 32);
}
