import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SysFlag } from '../../src/protocol/message/flags.ts';
import { decodeHost, hostText } from '../../src/protocol/message/host.ts';
import { decodeProperties } from '../../src/protocol/message/properties.ts';
import { decodeRecord, type StoredRecord } from '../../src/protocol/message/record-reader.ts';
import { SCHEDULE_TOPIC } from '../../src/store/internal-topic.ts';
import { createVirtualPlatform, type VirtualPlatform } from '../support/virtual-platform.ts';
import {
  close,
  type GoldenMessage,
  goldenStore,
  message,
  putNow,
  ROOT,
  readQueue,
  SMALL,
  startStore,
  unpack,
  wait,
} from './support.ts';

const CLIENT_PROPERTIES = ['MIN_OFFSET', 'MAX_OFFSET', 'CLUSTER'];

function decode(record: Buffer): StoredRecord {
  const decoded = decodeRecord(record);
  if (typeof decoded === 'string') throw new Error(decoded);
  return decoded;
}

/** The record in the words of the Java client. */
function asClientSees(record: StoredRecord): Omit<GoldenMessage, 'msgId'> {
  const properties = Object.fromEntries(decodeProperties(record.properties));
  for (const name of CLIENT_PROPERTIES) delete properties[name];
  const body = record.sysFlag & SysFlag.COMPRESSED ? inflateSync(record.body) : record.body;
  const { topic, queueId, queueOffset, position, size, sysFlag, flag, bornTimestamp, storeTimestamp } = record;
  return {
    ...{ topic, queueId, queueOffset, commitLogOffset: position, storeSize: size, flag, bornTimestamp },
    sysFlag: sysFlag & ~SysFlag.COMPRESSED,
    bornHost: `/${hostText(decodeHost(record.bornHost))}`,
    storeTimestamp,
    storeHost: `/${hostText(decodeHost(record.storeHost))}`,
    reconsumeTimes: record.reconsumeTimes,
    preparedTransactionOffset: record.preparedTransactionOffset,
    properties,
    bodyBase64: body.toString('base64'),
  };
}

function expected(golden: GoldenMessage): Omit<GoldenMessage, 'msgId'> {
  const properties = { ...golden.properties };
  for (const name of CLIENT_PROPERTIES) delete properties[name];
  const { topic, queueId, queueOffset, commitLogOffset, storeSize, sysFlag, flag, bornTimestamp, bornHost } = golden;
  const { storeTimestamp, storeHost, reconsumeTimes, preparedTransactionOffset, bodyBase64 } = golden;
  return {
    ...{ topic, queueId, queueOffset, commitLogOffset, storeSize, flag, bornTimestamp, bornHost },
    // The newer client takes the bit away when it inflates a body.
    sysFlag: sysFlag & ~SysFlag.COMPRESSED,
    ...{ storeTimestamp, storeHost, reconsumeTimes, preparedTransactionOffset, properties, bodyBase64 },
  };
}

function allMessages(platform: VirtualPlatform, native: ReturnType<typeof startStore>): StoredRecord[] {
  const { store } = native;
  return ['StoreA', 'StoreB'].flatMap((topic) =>
    store.queueIds(topic).flatMap((queueId) => readQueue(platform, store, topic, queueId).map(decode)),
  );
}

const byPosition = (a: { commitLogOffset: number }, b: { commitLogOffset: number }) =>
  a.commitLogOffset - b.commitLogOffset;

describe.each(['4.9.5', '5.3.3'])('a directory that RocketMQ %s wrote', (version) => {
  const golden = goldenStore(version);
  const messages = golden.messages.map(expected).sort(byPosition);

  test('opens as it is, and every message reads equal', () => {
    const platform = createVirtualPlatform();
    unpack(golden, platform.disk);
    const native = startStore(platform);
    expect(allMessages(platform, native).map(asClientSees).sort(byPosition)).toEqual(messages);
    expect(native.store.queueIds(SCHEDULE_TOPIC)).toEqual([1, 17]);
    expect(messages).toHaveLength(201);
  });

  test('consume queues and index that are built anew from its log are byte for byte the ones it had', () => {
    const platform = createVirtualPlatform();
    unpack(golden, platform.disk, (path) => path.startsWith('commitlog'));
    const native = startStore(platform);
    expect(allMessages(platform, native).map(asClientSees).sort(byPosition)).toEqual(messages);
    close(platform, native);
    const [indexName] = platform.disk.list(`${ROOT}/index`);
    for (const [path, { size, base64 }] of Object.entries(golden.files)) {
      if (path.startsWith('checkpoint') || path.startsWith('commitlog')) continue;
      const ours = platform.disk.readFile(`${ROOT}/${path.replace(/^index\/.*/, `index/${indexName}`)}`);
      expect(ours?.length, path).toBe(size);
      const bytes = Buffer.concat([Buffer.from(base64, 'base64')], size);
      expect(ours?.equals(bytes), path).toBe(true);
    }
  });

  test.for([-(2n ** 31n) - 1n, -(2n ** 63n)])(
    'finds messages by tag where one queue unit holds address %s of consumequeue_ext: the queues are built anew',
    (address) => {
      const platform = createVirtualPlatform();
      unpack(golden, platform.disk);
      const path = `${ROOT}/consumequeue/StoreA/1/${'0'.repeat(20)}`;
      const written = platform.disk.readFile(path)!;
      const changed = Buffer.from(written);
      changed.writeBigInt64BE(address, 2 * 20 + 12);
      platform.disk.replaceFile(path, changed);
      const native = startStore(platform);
      const rebuilt = platform.logger.lines.filter(({ message }) => message.startsWith('building the consume queues'));
      expect(rebuilt.map(({ fields }) => fields['problem'])).toEqual([
        expect.stringMatching(/StoreA\/1 holds addresses of consumequeue_ext/),
      ]);
      close(platform, native);
      expect(platform.disk.readFile(path)!.equals(written)).toBe(true);
    },
  );

  test('keeps the queues as they are where all units hold tags codes, the lowest hash too', () => {
    const platform = createVirtualPlatform();
    unpack(golden, platform.disk);
    const path = `${ROOT}/consumequeue/StoreA/1/${'0'.repeat(20)}`;
    const written = platform.disk.readFile(path)!;
    written.writeBigInt64BE(-(2n ** 31n), 2 * 20 + 12);
    platform.disk.replaceFile(path, written);
    close(platform, startStore(platform));
    expect(platform.disk.readFile(path)!.equals(written)).toBe(true);
  });

  test('answers queries by key and by unique key through its index', () => {
    const platform = createVirtualPlatform();
    unpack(golden, platform.disk);
    const { store } = startStore(platform);
    const find = (topic: string, key: string) =>
      wait<Buffer[]>(platform, (done) => store.queryByKey(topic, key, 64, 0, Number.MAX_SAFE_INTEGER, done)).map(
        decode,
      );
    for (const { topic, msgId, commitLogOffset } of golden.messages.filter((_, i) => i % 10 === 0)) {
      expect(find(topic, msgId).map((record) => record.position)).toEqual([commitLogOffset]);
    }
    const even = golden.messages.filter(
      (m) => m.topic === 'StoreA' && m.properties['KEYS']?.split(' ').includes('even0'),
    );
    const positions = even.map((m) => m.commitLogOffset).sort((a, b) => b - a);
    expect(find('StoreA', 'even0').map((record) => record.position)).toEqual(positions);
    expect(positions.length).toBeGreaterThan(10);
  });

  test('is continued: appended records stand behind the old ones, offsets go on, old and new read back after a close', () => {
    const platform = createVirtualPlatform();
    unpack(golden, platform.disk);
    const native = startStore(platform);
    const next = native.store.maxOffset('StoreA', 1);
    const end = native.store.endPosition;
    const added = message('StoreA', 1, 'new', { TAGS: 'Tag1', UNIQ_KEY: 'U1' });
    putNow(platform, native.store, added);
    expect([added.queueOffset, added.position]).toEqual([next, end]);
    close(platform, native);
    const again = startStore(platform);
    expect(again.adopted).toBe(false);
    const records = allMessages(platform, again);
    expect(records).toHaveLength(202);
    expect(records.find((record) => record.position === end)?.body.toString()).toBe('new');
  });
});

test('appends the bytes that RocketMQ appended: every record of the golden log re-put gives the same file', () => {
  const golden = goldenStore('5.3.3');
  const source = createVirtualPlatform();
  unpack(golden, source.disk);
  const original = startStore(source);
  const log = source.disk.readFile(`${ROOT}/commitlog/00000000000000000000`)!;
  const platform = createVirtualPlatform(2);
  const native = startStore(platform);
  for (let at = 0; at < original.store.endPosition; ) {
    const record = decode(log.subarray(at));
    at += record.size;
    platform.world.advance(0);
    const put = { ...message(record.topic, record.queueId, record.body), properties: record.properties };
    const { flag, sysFlag, bornTimestamp, bornHost, reconsumeTimes, preparedTransactionOffset } = record;
    Object.assign(put, { flag, sysFlag, bornTimestamp, bornHost, reconsumeTimes, preparedTransactionOffset });
    putNow(platform, native.store, put);
    expect(put.queueOffset).toBe(record.queueOffset);
  }
  const ours = platform.disk.readFile(`${ROOT}/commitlog/00000000000000000000`)!;
  expect(ours.length).toBe(SMALL.segmentBytes);
  // The store time is the only field that is not the sender's: take it from the original.
  for (let at = 0; at < original.store.endPosition; ) {
    log.copy(ours, at + 56, at + 56, at + 64);
    at += log.readInt32BE(at);
  }
  expect(ours.findIndex((byte, at) => byte !== log[at])).toBe(-1);
});
