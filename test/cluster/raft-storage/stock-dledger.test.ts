import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openRaftStorage, type RaftStorage } from '../../../cluster/raft-storage/open-raft-storage.ts';
import { readStockState } from '../../../cluster/raft-storage/stock-dledger.ts';
import { decompressBody } from '../../../src/protocol/message/compression.ts';
import { decodeProperties } from '../../../src/protocol/message/properties.ts';
import { RecordReader } from '../../../src/protocol/message/record-reader.ts';
import { createVirtualPlatform, type VirtualPlatform } from '../../support/virtual-platform.ts';
import { persist, propose } from './log-fixture.ts';

const segmentBytes = 1 << 20;

interface PulledMessage {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly commitLogOffset: number;
  readonly storeSize: number;
  readonly properties: Record<string, string>;
  readonly bodyBase64: string;
  readonly [field: string]: unknown;
}

function fixture(name: string): Buffer {
  const bytes = readFileSync(new URL(`../../fixture/dledger/${name}`, import.meta.url));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

function stockDisk(version: string): VirtualPlatform {
  const platform = createVirtualPlatform();
  const data = Buffer.alloc(segmentBytes);
  fixture(`${version}-data.gz`).copy(data);
  platform.disk.image.put('/store/data/00000000000000000000', data);
  platform.disk.image.put('/store/currterm', fixture(`${version}-currterm`));
  return platform;
}

function open(platform: VirtualPlatform, aloneInGroup = true): RaftStorage {
  const names = { memberId: 'n0', groupName: 'RaftNode00' };
  const sizes = { segmentBytes, firstPosition: 0, syncFlush: false, aloneInGroup };
  const storage = openRaftStorage({ platform, directory: '/store', ...names, ...sizes });
  if ('log' in storage) return storage;
  throw new Error(storage.message);
}

describe.each(['4.9.5', '5.3.3'])('a directory that stock DLedger %s wrote', (version) => {
  it('opens, and every message in it is read as a consumer saw it', () => {
    const { log } = open(stockDisk(version));
    expect([log.firstIndex, log.lastIndex, log.lastTerm]).toEqual([1, 203, 0]);
    const records = new Map<number, Buffer>();
    log.forEachEntry(1, log.lastIndex, (buffer, offset, length, _index, _term, position) => {
      records.set(position, buffer.subarray(offset, offset + length));
    });
    const messages: PulledMessage[] = JSON.parse(fixture(`${version}-messages.json.gz`).toString('utf8'));
    expect(messages).toHaveLength(201);
    const reader = new RecordReader();
    for (const message of messages) {
      const record = records.get(message.commitLogOffset);
      expect(record?.length).toBe(message.storeSize);
      expect(reader.open(record!, 0, record!.length)).toBe('record');
      const { topic, queueId, queueOffset, position, sysFlag, flag, bornTimestamp, storeTimestamp, reconsumeTimes } =
        reader;
      const found = { topic, queueId, queueOffset, sysFlag, flag, bornTimestamp, storeTimestamp, reconsumeTimes };
      // A 5.x client takes the compressed flag away when it has decompressed.
      expect({ ...message, sysFlag: Number(message['sysFlag']) | (sysFlag & 1) }).toMatchObject(found);
      expect([position, reader.crcMatches()]).toEqual([message.commitLogOffset, true]);
      const body = sysFlag & 1 ? decompressBody(reader.body, sysFlag) : reader.body;
      expect(typeof body !== 'string' && body.equals(Buffer.from(message.bodyBase64, 'base64'))).toBe(true);
      const { MIN_OFFSET, MAX_OFFSET, ...stored } = message.properties;
      expect([MIN_OFFSET, MAX_OFFSET].every((value) => value !== undefined)).toBe(true);
      expect(Object.fromEntries(decodeProperties(reader.propertiesText))).toEqual(stored);
    }
  });

  it('goes on with checked entries that are linked to its last one', () => {
    const platform = stockDisk(version);
    const first = open(platform);
    expect([first.doubt.reason, first.hardState.record.term, first.hardState.record.vote]).toEqual([0, 0, 'n0']);
    const link = first.log.chainCrc(203);
    expect(link).toBeGreaterThan(0);
    const end = first.log.segments.endPosition;
    expect(propose(first.log, 1, 200, 7)).toBe(204);
    persist(platform, first.log, true);
    const again = open(platform);
    expect([again.log.lastIndex, again.log.firstWrotePosition]).toEqual([204, end]);
    expect(again.hardState.record.firstWroteIndex).toBe(204);
    expect([again.log.chainCrc(203), again.log.chainCrc(204)]).toEqual([link, first.log.chainCrc(204)]);
    expect(again.log.termRuns()).toEqual([
      { first: 1, term: 0 },
      { first: 204, term: 1 },
    ]);
    expect(dataFile(platform).subarray(0, end)).toEqual(fixture(`${version}-data.gz`));
  });

  it('is still read after it went on here and the hard state was lost', () => {
    for (const lose of ['spoil', 'remove']) {
      const platform = stockDisk(version);
      const { log } = open(platform);
      for (let i = 0; i < 3; i++) propose(log, 1, 200, i);
      persist(platform, log, true);
      if (lose === 'remove') platform.disk.remove('/store/hardstate');
      else for (const slot of [0, 4_096]) platform.disk.image.rot('/store/hardstate', slot + 100);
      const again = open(platform, false);
      expect(again.doubt.reason).toBe(2);
      expect([again.log.lastIndex, again.log.chainCrc(206)]).toEqual([206, log.chainCrc(206)]);
      expect(again.log.chainCrc(204)).toBe(log.chainCrc(204));
    }
  });

  it('puts a member of a larger group in doubt', () => {
    expect(open(stockDisk(version), false).doubt).toMatchObject({ reason: 2 });
  });
});

function dataFile(platform: VirtualPlatform): Buffer {
  return platform.disk.readFile('/store/data/00000000000000000000')!;
}

it.each([
  ['currTerm=7\nvoteLeader=n2\n', { term: 7, vote: 'n2' }],
  ['#comment\r\nvoteLeader = null\r\ncurrTerm : 12\r\n', { term: 12, vote: '' }],
  ['currTerm=x\n', '/d/currterm is unreadable: currTerm is "x"'],
  ['voteLeader=n0\n', '/d/currterm is unreadable: currTerm is missing'],
])('reads currterm %j', (text, expected) => {
  const platform = createVirtualPlatform();
  platform.disk.image.put('/d/currterm', Buffer.from(text));
  expect(readStockState(platform.disk, '/d')).toEqual(expected);
  expect(readStockState(platform.disk, '/other')).toBeUndefined();
});
