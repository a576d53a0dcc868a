import { crc32 } from 'node:zlib';
import { assert } from '../../base/assert.ts';
import { writeInt32, writeInt64 } from '../../base/bytes.ts';
import { SysFlag } from './flags.ts';
import { HOST_V6_BYTES } from './host.ts';

/** First word after the size of a CommitLog record (MessageDecoder.java). V2 has a 2-byte topic length. */
export const MAGIC_V1 = -626843481;
export const MAGIC_V2 = -626843477;
/** Magic of the padding at the end of a log file. */
export const MAGIC_BLANK = -875286124;
/** Padding: its size and `MAGIC_BLANK`. A record is placed only where so many bytes remain behind it in the file. */
export const BLANK_BYTES = 8;
/** Longest topic of a V1 record. */
export const MAX_TOPIC_BYTES_V1 = 127;
export const MAX_PROPERTIES_BYTES = 32_767;

/** Where the fields of a record stand, from its start (IPv4 born host; with IPv6 what follows lies 12 bytes later). */
export const RecordLayout = {
  SIZE: 0,
  MAGIC: 4,
  BODY_CRC: 8,
  QUEUE_ID: 12,
  FLAG: 16,
  QUEUE_OFFSET: 20,
  POSITION: 28,
  SYS_FLAG: 36,
  BORN_TIMESTAMP: 40,
  BORN_HOST: 48,
} as const;

/** Bytes of a V1 record without hosts, topic, properties and body. */
const FIXED_BYTES = 75;

/** Everything that a record holds. Byte fields are copied by the encoder, never kept. */
export interface RecordFields {
  readonly queueId: number;
  readonly flag: number;
  /** Place in the queue; 0 for half messages. */
  readonly queueOffset: number;
  /** Byte address of the record in the log. */
  readonly position: number;
  /** The two host bits are set by the encoder from the lengths of the hosts. */
  readonly sysFlag: number;
  readonly bornTimestamp: number;
  /** As made by `encodeHost`. */
  readonly bornHost: Uint8Array;
  readonly storeTimestamp: number;
  readonly storeHost: Uint8Array;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  readonly body: Uint8Array;
  /** UTF-8; longer than 127 bytes makes a V2 record. */
  readonly topic: Uint8Array;
  /** UTF-8 of the text form of `properties.ts`. */
  readonly properties: Uint8Array;
}

/** Bytes that `encodeRecord` writes for these fields. */
export function recordSize(
  fields: Pick<RecordFields, 'bornHost' | 'storeHost' | 'body' | 'topic' | 'properties'>,
): number {
  const topicLengthBytes = fields.topic.length > MAX_TOPIC_BYTES_V1 ? 2 : 1;
  const { bornHost, storeHost, body, topic, properties } = fields;
  return (
    FIXED_BYTES -
    1 +
    topicLengthBytes +
    bornHost.length +
    storeHost.length +
    body.length +
    topic.length +
    properties.length
  );
}

/** Writes a record of RocketMQ's CommitLog at `at` and returns its size; the caller has made room (`recordSize`). */
export function encodeRecord(target: Buffer, at: number, fields: RecordFields): number {
  const { body, topic, properties, bornHost, storeHost } = fields;
  const size = recordSize(fields);
  const isV2 = topic.length > MAX_TOPIC_BYTES_V1;
  assert(at + size <= target.length, 'a record must fit into its buffer');
  assert(properties.length <= MAX_PROPERTIES_BYTES, 'properties must fit into a record');
  writeInt32(target, size, at);
  writeInt32(target, isV2 ? MAGIC_V2 : MAGIC_V1, at + 4);
  writeInt32(target, bodyCrc(body), at + 8);
  writeInt32(target, fields.queueId, at + 12);
  writeInt32(target, fields.flag, at + 16);
  writeInt64(target, fields.queueOffset, at + 20);
  writeInt64(target, fields.position, at + 28);
  writeInt32(target, withHostBits(fields.sysFlag, bornHost, storeHost), at + 36);
  writeInt64(target, fields.bornTimestamp, at + 40);
  target.set(bornHost, at + 48);
  let to = at + 48 + bornHost.length;
  writeInt64(target, fields.storeTimestamp, to);
  target.set(storeHost, to + 8);
  to += 8 + storeHost.length;
  writeInt32(target, fields.reconsumeTimes, to);
  writeInt64(target, fields.preparedTransactionOffset, to + 4);
  writeInt32(target, body.length, to + 12);
  target.set(body, to + 16);
  to += 16 + body.length;
  to = isV2 ? target.writeUInt16BE(topic.length, to) : target.writeUInt8(topic.length, to);
  target.set(topic, to);
  to = target.writeInt16BE(properties.length, to + topic.length);
  target.set(properties, to);
  return size;
}

/** Writes the start of the padding that fills a file from `at` on: `remaining` bytes up to its end, at least `BLANK_BYTES`. */
export function encodeBlank(target: Buffer, at: number, remaining: number): void {
  target.writeInt32BE(remaining, at);
  target.writeInt32BE(MAGIC_BLANK, at + 4);
}

/** The checksum that a record carries of its body. */
export function bodyCrc(body: Uint8Array): number {
  return body.length === 0 ? 0 : crc32(body) & 0x7fffffff;
}

function withHostBits(sysFlag: number, bornHost: Uint8Array, storeHost: Uint8Array): number {
  const bits =
    (bornHost.length === HOST_V6_BYTES ? SysFlag.BORN_HOST_V6 : 0) |
    (storeHost.length === HOST_V6_BYTES ? SysFlag.STORE_HOST_V6 : 0);
  return (sysFlag & ~(SysFlag.BORN_HOST_V6 | SysFlag.STORE_HOST_V6)) | bits;
}
