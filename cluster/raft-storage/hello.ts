import { crc32 } from 'node:zlib';
import { readInt64, writeInt64 } from '../../src/base/bytes.ts';
import { finishFrame, frameIncarnation, frameTerm, headFault, startFrame } from './wire.ts';

/** Type of the frame that opens a connection, and of the one that refuses it. */
export const helloType = 1;
export const refuseType = 2;
/** Longest frame before the peer is known. */
export const maxHelloBytes: number = 64 << 10;
export const formatVersion = 1;

const helloEnd = 184;
const refuseEnd = 48;

/** Codes of a refusal. */
export const refusals = {
  format: 1,
  feature: 2,
  groupName: 3,
  groupId: 4,
  memberId: 5,
  incarnation: 6,
  layout: 7,
  divergence: 8,
  notMember: 9,
} as const;

export interface Refusal {
  readonly code: number;
  /** One sentence with both values. */
  readonly message: string;
  /** Highest incarnation of the refused member that was seen (code 6, else 0). */
  readonly seenIncarnation: number;
}

/** What a member says of itself when a connection opens (raft/FORMATS.md 4). */
export interface Hello {
  readonly term: number;
  readonly incarnation: number;
  readonly formatVersion: number;
  readonly lowestVersion: number;
  readonly answer: boolean;
  /** In doubt since the store was empty, and has cast no doubt-vote. */
  readonly fresh: boolean;
  readonly inDoubt: boolean;
  readonly bootstrapWithMajority: boolean;
  /** This start found no readable hard state: the incarnation was not counted up from disk. */
  readonly incarnationNotFromDisk: boolean;
  readonly mustFeatures: number;
  readonly mayFeatures: number;
  /** 32 hex digits; '' = not known yet. */
  readonly groupId: string;
  /** 16 hex digits, random for each start. */
  readonly nonce: string;
  readonly dataFileSize: number;
  readonly firstPosition: number;
  readonly chainStart: number;
  readonly lastChainCrc: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly endPosition: number;
  readonly commit: number;
  readonly groupName: string;
  readonly id: string;
  /** The member that the dialer means to reach; '' in an answer. */
  readonly believedId: string;
  /** Advertised `brokerIP1:listenPort`. */
  readonly brokerAddress: string;
  readonly softwareVersion: string;
  /** `host:port` at which the sender's peer port is reached, by its own configuration; '' from a version that does not say so. */
  readonly peerAddress: string;
}

const flagBits = { answer: 1, fresh: 2, inDoubt: 4, bootstrapWithMajority: 8, incarnationNotFromDisk: 16 } as const;

function encodeTexts(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text, 'utf8');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** The strings of a variable part; undefined if there are fewer than `count` or one is cut off. More are a later version's. */
function decodeTexts(bytes: Buffer, count: number): string[] | undefined {
  const texts: string[] = [];
  let at = 0;
  while (texts.length < count) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) return undefined;
    texts.push(bytes.toString('utf8', at + 2, end));
    at = end;
  }
  return texts;
}

export function encodeHello(hello: Hello): Buffer {
  const head = startFrame(helloType, 0, helloEnd, hello.term, hello.incarnation);
  let flags = 0;
  for (const [name, bit] of Object.entries(flagBits)) if (hello[name as keyof typeof flagBits]) flags |= bit;
  head.writeUInt16BE(hello.formatVersion, 32);
  head.writeUInt16BE(hello.lowestVersion, 34);
  head.writeUInt32BE(flags, 36);
  writeInt64(head, hello.mustFeatures, 40);
  writeInt64(head, hello.mayFeatures, 48);
  head.write(hello.groupId, 56, 16, 'hex');
  head.write(hello.nonce, 72, 8, 'hex');
  writeInt64(head, hello.dataFileSize, 80);
  writeInt64(head, hello.firstPosition, 88);
  head.writeUInt32BE(hello.chainStart, 96);
  head.writeUInt32BE(hello.lastChainCrc, 100);
  writeInt64(head, hello.firstIndex, 104);
  writeInt64(head, hello.lastIndex, 112);
  writeInt64(head, hello.lastTerm, 120);
  writeInt64(head, hello.endPosition, 128);
  writeInt64(head, hello.commit, 136);
  const texts = [
    hello.groupName,
    hello.id,
    hello.believedId,
    hello.brokerAddress,
    hello.softwareVersion,
    hello.peerAddress,
  ];
  const variable = encodeTexts(texts);
  head.writeUInt32BE(crc32(variable), 144);
  return Buffer.concat([finishFrame(head, variable.length), variable]);
}

/** The hello of a whole frame of type 1 (length field included), or what is wrong with it. */
export function decodeHello(frame: Buffer): Hello | string {
  const fault = headFault(frame, helloEnd);
  if (fault !== undefined) return fault;
  const variable = frame.subarray(frame.readUInt16BE(6));
  const texts = decodeTexts(variable, 6) ?? decodeTexts(variable, 5);
  if (texts === undefined || crc32(variable) !== frame.readUInt32BE(144)) return 'a hello with damaged names';
  const flags = frame.readUInt32BE(36);
  const groupId = frame.toString('hex', 56, 72);
  return {
    term: frameTerm(frame),
    incarnation: frameIncarnation(frame),
    formatVersion: frame.readUInt16BE(32),
    lowestVersion: frame.readUInt16BE(34),
    answer: (flags & flagBits.answer) !== 0,
    fresh: (flags & flagBits.fresh) !== 0,
    inDoubt: (flags & flagBits.inDoubt) !== 0,
    bootstrapWithMajority: (flags & flagBits.bootstrapWithMajority) !== 0,
    incarnationNotFromDisk: (flags & flagBits.incarnationNotFromDisk) !== 0,
    mustFeatures: readInt64(frame, 40),
    mayFeatures: readInt64(frame, 48),
    groupId: /^0+$/.test(groupId) ? '' : groupId,
    nonce: frame.toString('hex', 72, 80),
    dataFileSize: readInt64(frame, 80),
    firstPosition: readInt64(frame, 88),
    chainStart: frame.readUInt32BE(96),
    lastChainCrc: frame.readUInt32BE(100),
    firstIndex: readInt64(frame, 104),
    lastIndex: readInt64(frame, 112),
    lastTerm: readInt64(frame, 120),
    endPosition: readInt64(frame, 128),
    commit: readInt64(frame, 136),
    groupName: texts[0]!,
    id: texts[1]!,
    believedId: texts[2]!,
    brokerAddress: texts[3]!,
    softwareVersion: texts[4]!,
    peerAddress: texts[5] ?? '',
  };
}

export function encodeRefusal(refusal: Refusal, term: number, incarnation: number): Buffer {
  const head = startFrame(refuseType, 0, refuseEnd, term, incarnation);
  const variable = encodeTexts([refusal.message]);
  head.writeUInt16BE(refusal.code, 32);
  head.writeUInt32BE(crc32(variable), 36);
  writeInt64(head, refusal.seenIncarnation, 40);
  return Buffer.concat([finishFrame(head, variable.length), variable]);
}

/** The refusal of a whole frame of type 2 (length field included), or what is wrong with it. */
export function decodeRefusal(frame: Buffer): Refusal | string {
  const fault = headFault(frame, refuseEnd);
  if (fault !== undefined) return fault;
  const variable = frame.subarray(frame.readUInt16BE(6));
  const texts = decodeTexts(variable, 1);
  if (texts === undefined || crc32(variable) !== frame.readUInt32BE(36)) return 'a refusal with a damaged sentence';
  return { code: frame.readUInt16BE(32), message: texts[0]!, seenIncarnation: readInt64(frame, 40) };
}
