import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressBody } from '../../../src/protocol/message/compression.ts';
import { SysFlag } from '../../../src/protocol/message/flags.ts';
import { decodeHost, encodeHost } from '../../../src/protocol/message/host.ts';
import { offsetMessageId } from '../../../src/protocol/message/message-id.ts';
import { decodeProperties, encodeProperties, getProperty } from '../../../src/protocol/message/properties.ts';
import { PropertyFinder } from '../../../src/protocol/message/property-finder.ts';
import {
  encodeBlank,
  encodeRecord,
  MAGIC_V2,
  type RecordFields,
  recordSize,
} from '../../../src/protocol/message/record.ts';
import {
  decodeRecord,
  decodeRecords,
  RecordReader,
  type StoredRecord,
} from '../../../src/protocol/message/record-reader.ts';
import { tagsCode, tagsCodeOfBytes } from '../../../src/protocol/message/tags.ts';

/** A record from a store that RocketMQ wrote, its ConsumeQueue unit, and what a RocketMQ client read from it. */
interface StoredSample {
  readonly position: number;
  readonly record: string;
  readonly unit: { topic: string; queueId: number; queueOffset: number; size: number; tagsCode: number };
  readonly message?: Readonly<Record<string, string | number>> & {
    readonly bodyBase64: string;
    readonly properties: Readonly<Record<string, string>>;
  };
}

const directory = process.env['RECORD_SAMPLES'] ?? new URL('../../fixture/record', import.meta.url).pathname;
const samples = readdirSync(directory).flatMap((file): StoredSample[] =>
  JSON.parse(readFileSync(`${directory}/${file}`, 'utf8')),
);

function decoded(record: StoredRecord | string): StoredRecord {
  if (typeof record === 'string') throw new Error(record);
  return record;
}

/** The fields from which a record is encoded again. */
function fieldsOf(record: StoredRecord): RecordFields {
  return { ...record, topic: Buffer.from(record.topic), properties: Buffer.from(record.properties) };
}

function clientHost(host: Buffer): string {
  const { address, port } = decodeHost(host);
  return `/${address}:${port}`;
}

describe('records that RocketMQ stored', () => {
  it('are read as its own client read them', () => {
    const compared = samples.filter(({ message }) => message !== undefined);
    expect(compared.length).toBeGreaterThan(10);
    for (const { record, message } of compared) {
      const read = decoded(decodeRecord(Buffer.from(record, 'base64')));
      const { bodyBase64, properties, bodyCRC, sysFlag, ...expected } = message!;
      const body = decompressBody(read.body, read.sysFlag);
      const { MIN_OFFSET, MAX_OFFSET, CLUSTER, ...stored } = Object.fromEntries(decodeProperties(read.properties));
      expect(typeof body === 'string' ? body : body.toString('base64')).toBe(bodyBase64);
      expect(stored).toEqual(properties);
      expect({
        ...{ topic: read.topic, queueId: read.queueId, queueOffset: read.queueOffset, storeSize: read.size },
        ...{ flag: read.flag, reconsumeTimes: read.reconsumeTimes },
        ...{ bornTimestamp: read.bornTimestamp, bornHost: clientHost(read.bornHost) },
        ...{ storeTimestamp: read.storeTimestamp, storeHost: clientHost(read.storeHost) },
        preparedTransactionOffset: read.preparedTransactionOffset,
        offsetMsgId: offsetMessageId(read.storeHost, read.position),
      }).toEqual(expected);
      // The 5.x client clears the bit once it has decompressed the body.
      expect(read.sysFlag & ~SysFlag.COMPRESSED).toBe(Number(sysFlag) & ~SysFlag.COMPRESSED);
      expect(Buffer.from(record, 'base64').readInt32BE(8)).toBe(bodyCRC);
    }
  });

  it('are encoded to the same bytes', () => {
    for (const sample of samples) {
      const bytes = Buffer.from(sample.record, 'base64');
      const fields = fieldsOf(decoded(decodeRecord(bytes)));
      const target = Buffer.alloc(bytes.length + 10, 0xff);
      expect(recordSize(fields)).toBe(bytes.length);
      expect(encodeRecord(target, 4, fields)).toBe(bytes.length);
      expect(target.subarray(4, 4 + bytes.length).equals(bytes)).toBe(true);
      expect(target.subarray(4 + bytes.length).every((byte) => byte === 0xff)).toBe(true);
    }
  });

  it('give the tag hashes that its queues hold', () => {
    const finder = new PropertyFinder(['TAGS', 'KEYS', 'UNIQ_KEY']);
    const reader = new RecordReader();
    for (const { record, unit } of samples) {
      const bytes = Buffer.from(record, 'base64');
      expect(reader.open(bytes, 0, bytes.length)).toBe('record');
      expect(reader.crcMatches()).toBe(true);
      expect([reader.topic, reader.queueId, reader.queueOffset, reader.size]).toEqual([
        unit.topic,
        unit.queueId,
        unit.queueOffset,
        unit.size,
      ]);
      finder.scan(bytes, reader.propertiesStart, bytes.length);
      for (const [index, name] of ['TAGS', 'KEYS', 'UNIQ_KEY'].entries()) {
        expect(finder.text(index)).toBe(getProperty(reader.propertiesText, name));
      }
      if (unit.topic.startsWith('SCHEDULE')) continue;
      expect(tagsCode(getProperty(reader.propertiesText, 'TAGS'))).toBe(unit.tagsCode);
      expect(finder.start(0) < 0 ? 0 : tagsCodeOfBytes(bytes, finder.start(0), finder.end(0))).toBe(unit.tagsCode);
    }
  });

  it('back to back are found one after another', () => {
    const bytes = samples.map(({ record }) => Buffer.from(record, 'base64'));
    const records = decodeRecords(Buffer.concat(bytes));
    expect((records as StoredRecord[]).map(({ size }) => size)).toEqual(bytes.map(({ length }) => length));
    expect(decodeRecords(Buffer.concat(bytes).subarray(0, -1))).toBe('incomplete');
  });
});

const hosts = fc.constantFrom('10.0.0.1', '255.255.255.255', '::1', 'fe80::1:2', '2001:db8:0:0:1:0:0:1');
const anyFields: fc.Arbitrary<RecordFields> = fc.record({
  ...{ queueId: fc.nat(), flag: fc.integer(), queueOffset: fc.maxSafeNat(), position: fc.maxSafeNat() },
  ...{
    sysFlag: fc.constantFrom(
      0,
      SysFlag.COMPRESSED,
      SysFlag.TRANSACTION_PREPARED,
      SysFlag.BORN_HOST_V6 | SysFlag.STORE_HOST_V6,
    ),
  },
  ...{ bornTimestamp: fc.maxSafeNat(), bornHost: hosts.map((host) => encodeHost(host, 10911)!) },
  ...{ storeTimestamp: fc.maxSafeNat(), storeHost: hosts.map((host) => encodeHost(host, 1)!) },
  ...{ reconsumeTimes: fc.nat(), preparedTransactionOffset: fc.maxSafeNat(), body: fc.uint8Array({ maxLength: 300 }) },
  topic: fc.string({ minLength: 1, maxLength: 300, size: 'max' }).map((text) => Buffer.from(text)),
  properties: fc
    .dictionary(fc.string({ minLength: 1 }), fc.string())
    .map((pairs) => Buffer.from(encodeProperties(Object.entries(pairs)))),
});

describe('encodeRecord and RecordReader', () => {
  it('agree on any fields', () => {
    fc.assert(
      fc.property(anyFields, fc.nat(20), (fields, at) => {
        const bytes = Buffer.alloc(at + recordSize(fields));
        const size = encodeRecord(bytes, at, fields);
        const read = decoded(decodeRecord(bytes, at));
        const v6 = (fields.bornHost.length === 20 ? 0x10 : 0) | (fields.storeHost.length === 20 ? 0x20 : 0);
        expect(bytes.readInt32BE(at + 4) === MAGIC_V2).toBe(fields.topic.length > 127);
        expect({ ...read, body: Buffer.from(read.body).toString('hex') }).toEqual({
          ...{
            ...fields,
            size,
            sysFlag: (fields.sysFlag & ~0x30) | v6,
            body: Buffer.from(fields.body).toString('hex'),
          },
          ...{ topic: fields.topic.toString(), properties: fields.properties.toString() },
          ...{ bornHost: Buffer.from(fields.bornHost), storeHost: Buffer.from(fields.storeHost) },
        });
      }),
    );
  });

  it('tell padding, unfinished and impossible records apart', () => {
    const bytes = Buffer.from(samples[0]!.record, 'base64');
    const reader = new RecordReader();
    const blank = Buffer.alloc(100);
    encodeBlank(blank, 10, 90);
    expect(reader.open(blank, 10, 100)).toBe('blank');
    expect(reader.size).toBe(90);
    expect(reader.open(blank, 0, 100)).toBe('invalid');
    for (let end = 0; end < bytes.length; end++) expect(reader.open(bytes, 0, end)).toBe('incomplete');
    for (const [at, value] of [
      ...[
        [0, 90],
        [4, 1],
        [36, 0x30],
      ],
      ...[
        [84, -1],
        [84, -1000],
        [84, 0x7fffffff],
        [84, 1],
      ],
    ] as [number, number][]) {
      const broken = Buffer.from(bytes);
      broken.writeInt32BE(value, at);
      expect(reader.open(broken, 0, broken.length), `${value} at ${at}`).toBe('invalid');
      expect(reader.problem).not.toBe('');
    }
    const propertiesAt = bytes.length - Buffer.byteLength(decoded(decodeRecord(bytes)).properties) - 2;
    for (const change of [-1, 1]) {
      const broken = Buffer.from(bytes);
      broken.writeInt16BE(broken.readInt16BE(propertiesAt) + change, propertiesAt);
      expect(reader.open(broken, 0, broken.length)).toBe('invalid');
    }
    const rotten = Buffer.from(bytes);
    rotten[90]! ^= 1;
    expect(reader.open(rotten, 0, rotten.length)).toBe('record');
    expect(reader.crcMatches()).toBe(false);
  });
});
