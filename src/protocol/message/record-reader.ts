import { readInt32, readInt64 } from '../../base/bytes.ts';
import { TextCache } from '../../base/text-cache.ts';
import { SysFlag } from './flags.ts';
import { HOST_V4_BYTES, HOST_V6_BYTES } from './host.ts';
import { BLANK_BYTES, bodyCrc, MAGIC_BLANK, MAGIC_V1, MAGIC_V2 } from './record.ts';

/**
 * What stands at a place of the log: a whole record, padding up to the end of the file, the start of a record whose rest lies beyond
 * the given bytes, or nothing that a record could be.
 */
export type RecordStatus = 'record' | 'blank' | 'incomplete' | 'invalid';

const SMALLEST_RECORD = 91;

/**
 * Reads the fields of one record at a time, without an object or a copy per record: `open`, then look. Views and getters are valid
 * until the next `open`; `body` and `properties` are views of the opened buffer.
 */
export class RecordReader {
  private readonly topics = new TextCache();
  private buffer: Buffer = Buffer.alloc(0);
  private at = 0;
  private storeAt = 0;
  private reconsumeAt = 0;
  private topicFrom = 0;
  private topicTo = 0;
  private propertiesFrom = 0;
  /** Length of the record, or of the padding after `blank`. */
  size = 0;
  /** Why `open` said `invalid`. */
  problem = '';

  /** Looks at `buffer[at, end)` and checks every length; the body's checksum is left to `crcMatches`. */
  open(buffer: Buffer, at: number, end: number): RecordStatus {
    if (end - at < BLANK_BYTES) return 'incomplete';
    const size = readInt32(buffer, at);
    const magic = readInt32(buffer, at + 4);
    this.size = size;
    if (magic === MAGIC_BLANK) return size >= BLANK_BYTES ? 'blank' : this.invalid(`padding of ${size} bytes`);
    if (magic !== MAGIC_V1 && magic !== MAGIC_V2) return this.invalid(`magic ${magic}`);
    if (size < SMALLEST_RECORD) return this.invalid(`a size of ${size} bytes`);
    if (size > end - at) return 'incomplete';
    this.buffer = buffer;
    this.at = at;
    return this.locate(magic === MAGIC_V2 ? 2 : 1);
  }

  /**
   * Looks at `buffer[at, end)` for a record of a later format: a magic of RocketMQ's family that is not known, and up to the body the fields of the known formats, which alone can be read then.
   * A magic whose last byte is zero was not written to its end.
   */
  openLater(buffer: Buffer, at: number, end: number): boolean {
    if (end - at < BLANK_BYTES) return false;
    const size = readInt32(buffer, at);
    const magic = readInt32(buffer, at + 4);
    if (magic === MAGIC_V1 || magic === MAGIC_V2 || magic >> 8 !== MAGIC_V1 >> 8 || buffer[at + 7] === 0) return false;
    if (size < SMALLEST_RECORD || size > end - at) return false;
    this.size = size;
    this.buffer = buffer;
    this.at = at;
    return this.locateBody();
  }

  get queueId(): number {
    return readInt32(this.buffer, this.at + 12);
  }
  get flag(): number {
    return readInt32(this.buffer, this.at + 16);
  }
  get queueOffset(): number {
    return readInt64(this.buffer, this.at + 20);
  }
  get position(): number {
    return readInt64(this.buffer, this.at + 28);
  }
  get sysFlag(): number {
    return readInt32(this.buffer, this.at + 36);
  }
  get bornTimestamp(): number {
    return readInt64(this.buffer, this.at + 40);
  }
  /** 8 or 20 bytes, for `decodeHost`. */
  get bornHost(): Buffer {
    return this.buffer.subarray(this.at + 48, this.storeAt);
  }
  get storeTimestamp(): number {
    return readInt64(this.buffer, this.storeAt);
  }
  get storeHost(): Buffer {
    return this.buffer.subarray(this.storeAt + 8, this.reconsumeAt);
  }
  get reconsumeTimes(): number {
    return readInt32(this.buffer, this.reconsumeAt);
  }
  get preparedTransactionOffset(): number {
    return readInt64(this.buffer, this.reconsumeAt + 4);
  }
  get bodyLength(): number {
    return readInt32(this.buffer, this.reconsumeAt + 12);
  }
  get body(): Buffer {
    return this.buffer.subarray(this.reconsumeAt + 16, this.reconsumeAt + 16 + this.bodyLength);
  }
  get topic(): string {
    return this.topics.get(this.buffer, this.topicFrom, this.topicTo);
  }
  get properties(): Buffer {
    return this.buffer.subarray(this.propertiesFrom, this.at + this.size);
  }
  get propertiesText(): string {
    return this.buffer.toString('utf8', this.propertiesFrom, this.at + this.size);
  }
  /** Where the properties start in the opened buffer (they end with the record), for `PropertyFinder`. */
  get propertiesStart(): number {
    return this.propertiesFrom;
  }
  /** Whether the body is the one that was stored. */
  crcMatches(): boolean {
    return readInt32(this.buffer, this.at + 8) === bodyCrc(this.body);
  }

  private locate(topicLengthBytes: 1 | 2): RecordStatus {
    if (!this.locateBody()) return 'invalid';
    const { buffer, at, size, bodyLength } = this;
    const end = at + size;
    const topicAt = this.reconsumeAt + 16 + bodyLength;
    if (topicAt + topicLengthBytes + 2 > end) return this.invalid(`a body of ${bodyLength} bytes`);
    const topicLength = topicLengthBytes === 1 ? buffer[topicAt]! : buffer.readUInt16BE(topicAt);
    this.topicFrom = topicAt + topicLengthBytes;
    this.topicTo = this.topicFrom + topicLength;
    if (this.topicTo + 2 > end) return this.invalid(`a topic of ${topicLength} bytes`);
    const propertiesLength = ((buffer[this.topicTo]! << 24) >> 16) | buffer[this.topicTo + 1]!;
    this.propertiesFrom = this.topicTo + 2;
    if (this.propertiesFrom + propertiesLength !== end) return this.invalid(`properties of ${propertiesLength} bytes`);
    return 'record';
  }

  /** False if the record is too short for what its fields say up to the body. */
  private locateBody(): boolean {
    const { at, size } = this;
    const sysFlag = this.sysFlag;
    this.storeAt = at + 48 + (sysFlag & SysFlag.BORN_HOST_V6 ? HOST_V6_BYTES : HOST_V4_BYTES);
    this.reconsumeAt = this.storeAt + 8 + (sysFlag & SysFlag.STORE_HOST_V6 ? HOST_V6_BYTES : HOST_V4_BYTES);
    const bodyAt = this.reconsumeAt + 16;
    if (bodyAt > at + size) this.problem = `a size of ${size} bytes`;
    else if (this.bodyLength < 0 || bodyAt + this.bodyLength > at + size)
      this.problem = `a body of ${this.bodyLength} bytes`;
    else return true;
    return false;
  }

  private invalid(problem: string): RecordStatus {
    this.problem = problem;
    return 'invalid';
  }
}

/** One record in objects of its own, for places that are not hot. `body` is a view of the decoded bytes. */
export interface StoredRecord {
  readonly size: number;
  readonly queueId: number;
  readonly flag: number;
  readonly queueOffset: number;
  readonly position: number;
  readonly sysFlag: number;
  readonly bornTimestamp: number;
  readonly bornHost: Buffer;
  readonly storeTimestamp: number;
  readonly storeHost: Buffer;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  readonly body: Buffer;
  readonly topic: string;
  /** The text form of `properties.ts`. */
  readonly properties: string;
}

const sharedReader = new RecordReader();

/** The record at `at`, or what is wrong with it in a few words. */
export function decodeRecord(buffer: Buffer, at = 0): StoredRecord | string {
  const reader = sharedReader;
  const status = reader.open(buffer, at, buffer.length);
  if (status !== 'record') return status === 'invalid' ? reader.problem : status;
  const { size, queueId, flag, queueOffset, position, sysFlag, bornTimestamp, bornHost, storeTimestamp, storeHost } =
    reader;
  const { reconsumeTimes, preparedTransactionOffset, body, topic, propertiesText: properties } = reader;
  return {
    ...{ size, queueId, flag, queueOffset, position, sysFlag, bornTimestamp, bornHost, storeTimestamp, storeHost },
    ...{ reconsumeTimes, preparedTransactionOffset, body, topic, properties },
  };
}

/** All records that stand back to back in `buffer` (the body of a pull or query answer), or what is wrong. */
export function decodeRecords(buffer: Buffer): StoredRecord[] | string {
  const records: StoredRecord[] = [];
  for (let at = 0; at < buffer.length; ) {
    const record = decodeRecord(buffer, at);
    if (typeof record === 'string') return record;
    records.push(record);
    at += record.size;
  }
  return records;
}
