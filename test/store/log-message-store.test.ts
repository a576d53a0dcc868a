import { beforeEach, describe, expect, test } from 'vitest';
import { tagsCode } from '../../src/protocol/message/tags.ts';
import type { GetResult } from '../../src/store/get-result.ts';
import { bodies, bodyOf, get, log, platform, put, renew, store } from './store-under-test.ts';
import { message, Waiting } from './support.ts';

beforeEach(() => renew());

describe('puts', () => {
  test('nothing is visible or answered before it is confirmed, and readers see it before the sender hears', () => {
    const order: string[] = [];
    const waiting = {
      ticket: 0,
      putFinished: (outcome: string) => order.push(`${outcome} max ${store.maxOffset('T', 0)}`),
    };
    expect(store.put(message('T', 0, 'a'), waiting)).toBeUndefined();
    expect([store.maxOffset('T', 0), store.nextOffset('T', 0)]).toEqual([0, 1]);
    expect(get(0).status).toBe('NO_MATCHED_LOGIC_QUEUE');
    log.confirm();
    expect(order).toEqual(['stored max 1']);
    expect(bodies(get(0).records)).toEqual(['a']);
  });

  test('outcomes come in the order of the puts, up to the confirmed ticket', () => {
    const first = put(message('T', 0, 'a'));
    const end = log.endPosition;
    const second = put(message('T', 0, 'b'));
    log.confirmTo(first.ticket, end);
    expect([first.outcome, second.outcome]).toEqual(['stored', undefined]);
    expect(store.maxOffset('T', 0)).toBe(1);
    log.confirm();
    expect(second.outcome).toBe('stored');
  });

  test('one unit over several queues is one reservation with consecutive offsets', () => {
    const messages = [message('T', 0, 'a'), message('U', 3, 'b'), message('T', 0, 'c')];
    const waiting = put(...messages);
    expect(messages.map((m) => [m.topic, m.queueOffset])).toEqual([
      ['T', 0],
      ['U', 0],
      ['T', 1],
    ]);
    expect(messages[1]!.position).toBeGreaterThan(messages[0]!.position);
    expect(log.units).toEqual([messages.reduce((sum, { recordSize }) => sum + recordSize, 0)]);
    log.confirm();
    expect(waiting.outcome).toBe('stored');
    expect(bodies(get(0).records)).toEqual(['a', 'c']);
    expect(bodies(get(0, 'U', 3).records)).toEqual(['b']);
  });

  test('after a loss the outcome is unknown, and offsets go on from what is confirmed', () => {
    put(message('T', 0, 'a'));
    log.confirm();
    const lost = put(message('T', 0, 'b'));
    put(message('T', 0, 'c'));
    expect(store.nextOffset('T', 0)).toBe(3);
    log.lose();
    expect(lost.outcome).toBe('unknown');
    expect(store.nextOffset('T', 0)).toBe(1);
    const again = message('T', 0, 'd');
    put(again);
    expect(again.queueOffset).toBe(1);
    log.confirm();
    expect(bodies(get(0).records)).toEqual(['a', 'd']);
  });

  test('a follower takes what another node appended, and leads on with the right offsets', () => {
    put(message('T', 0, 'a'), message('T', 0, 'b'));
    const records = Buffer.from(log.bytes.subarray(0, log.endPosition));
    renew(2);
    log.append(records);
    const size = log.endPosition / 2;
    log.confirmTo(1, size);
    expect([store.maxOffset('T', 0), store.nextOffset('T', 0)]).toEqual([1, 1]);
    store.adoptTail();
    expect(store.nextOffset('T', 0)).toBe(2);
    const own = message('T', 0, 'c');
    put(own);
    expect(own.queueOffset).toBe(2);
    log.confirm();
    expect(bodies(get(0).records)).toEqual(['a', 'b', 'c']);
  });

  test('refusals append nothing and say why', () => {
    log.refused = { status: 'not-leader', text: 'n1 leads' };
    expect(store.put(message('T', 0, 'a'), new Waiting())).toEqual(log.refused);
    log.refused = undefined;
    const illegal = [
      message('', 0, 'a'),
      message('a/b', 0, 'a'),
      message('..', 0, 'a'),
      message('x'.repeat(256), 0, 'a'),
      message('T', -1, 'a'),
      message('T', 70_000, 'a'),
      { ...message('T', 0, 'a'), properties: 'x'.repeat(32_768) },
      { ...message('T', 0, 'a'), properties: 'ü'.repeat(20_000) },
      message('T', 0, Buffer.alloc(70_000)),
    ];
    for (const bad of illegal) expect(store.put(bad, new Waiting())?.status).toBe('message-illegal');
    expect(store.putUnit([], new Waiting())?.status).toBe('message-illegal');
    expect(store.putUnit([message('T', 0, 'good'), message('T', -1, 'bad')], new Waiting())?.status).toBe(
      'message-illegal',
    );
    expect(log.endPosition).toBe(0);
    expect(store.nextOffset('T', 0)).toBe(0);
    expect(store.counters.putRefused).toBe(illegal.length + 3);
  });

  test('store times never fall, even where the clock or another leader is ahead', () => {
    put(message('T', 0, 'a'));
    log.confirm();
    const ahead = Buffer.from(log.bytes.subarray(0, log.endPosition));
    ahead.writeBigInt64BE(BigInt(platform.clock.nowMs() + 60_000), 56);
    ahead.writeBigInt64BE(1n, 20);
    ahead.writeBigInt64BE(BigInt(log.endPosition), 28);
    log.append(ahead);
    log.confirm();
    const late = message('T', 0, 'c');
    put(late);
    expect(late.storeTimestamp).toBe(platform.clock.nowMs() + 60_000);
  });

  test('prepared and rolled-back records stand in the log, but in no queue', () => {
    const prepared = { ...message('T', 0, 'half', { KEYS: 'k' }), sysFlag: 0x4 };
    const rolledBack = { ...message('T', 0, 'gone', { KEYS: 'k' }), sysFlag: 0xc };
    put(message('T', 0, 'a'));
    put(prepared);
    put(rolledBack);
    put({ ...message('T', 0, 'b'), sysFlag: 0x8 });
    log.confirm();
    expect([prepared.queueOffset, rolledBack.queueOffset]).toEqual([0, 0]);
    expect(bodies(get(0).records)).toEqual(['a', 'b']);
    let found: Buffer[] = [];
    store.queryByKey('T', 'k', 10, 0, Number.MAX_SAFE_INTEGER, (records) => {
      found = records;
    });
    expect(bodies(found)).toEqual(['half']);
  });
});

describe('reads', () => {
  test('say what RocketMQ says at the edges', () => {
    for (let i = 0; i < 3; i++) put(message('T', 0, `${i}`));
    log.confirm();
    const statuses = [-1, 0, 2, 3, 4].map((offset) => [get(offset).status, get(offset).nextBeginOffset]);
    expect(statuses).toEqual([
      ['OFFSET_TOO_SMALL', 0],
      ['FOUND', 3],
      ['FOUND', 3],
      ['OFFSET_OVERFLOW_ONE', 3],
      ['OFFSET_OVERFLOW_BADLY', 3],
    ]);
    expect(get(0, 'unknown').status).toBe('NO_MATCHED_LOGIC_QUEUE');
    expect(get(0)).toMatchObject({ minOffset: 0, maxOffset: 3 });
  });

  test('give at least one message, then as many as the limits allow', () => {
    for (let i = 0; i < 50; i++) put(message('T', 0, 'x'.repeat(100)));
    log.confirm();
    expect(get(0, 'T', 0, 5).records).toHaveLength(5);
    expect(get(0, 'T', 0, 100).records).toHaveLength(32);
    expect(get(0, 'T', 0, 32, 1).records).toHaveLength(1);
    expect(get(0, 'T', 0, 32, 500).byteLength).toBeLessThanOrEqual(500);
    expect(get(7, 'T', 0, 3).nextBeginOffset).toBe(10);
  });

  test('filter by tag, go on behind what they looked at, and stop after 800 units', () => {
    for (let i = 0; i < 1000; i++) put(message('T', 0, `${i}`, { TAGS: i === 900 ? 'B' : 'A' }));
    log.confirm();
    const results: GetResult[] = [];
    const filter = { matchesTagsCode: (code: number) => code === tagsCode('B') };
    store.getMessage('T', 0, 0, 32, 1 << 20, filter, (result) => results.push(result));
    expect(results[0]).toMatchObject({ status: 'NO_MATCHED_MESSAGE', nextBeginOffset: 800 });
    store.getMessage('T', 0, 800, 32, 1 << 20, filter, (result) => results.push(result));
    expect(bodies(results[1]!.records)).toEqual(['900']);
    expect(results[1]!.nextBeginOffset).toBe(1000);
  });

  test('wait for the disk where memory has no more, and share what was read', () => {
    for (let i = 0; i < 20; i++) put(message('T', i % 2, `${i}`));
    log.confirm();
    log.memoryPosition = log.endPosition;
    const results: GetResult[] = [];
    store.getMessage('T', 0, 0, 32, 1 << 20, undefined, (result) => results.push(result));
    expect(results).toHaveLength(0);
    expect(log.finishReads()).toBe(1);
    expect(bodies(results[0]!.records)).toEqual(['0', '2', '4', '6', '8', '10', '12', '14', '16', '18']);
    expect(results[0]!.fromDisk).toBe(true);
    store.getMessage('T', 1, 0, 32, 1 << 20, undefined, (result) => results.push(result));
    expect(results[1]!.records).toHaveLength(10);
  });

  test('what was not in the files when a piece was read is not taken from that piece later', () => {
    put(message('T', 0, 'written'));
    log.unwrittenFrom = log.endPosition;
    put(message('T', 0, 'confirmed by others, not yet written here'));
    log.confirm();
    log.memoryPosition = log.unwrittenFrom;
    expect(bodies(get(0).records)).toEqual(['written', 'confirmed by others, not yet written here']);
    log.unwrittenFrom = Number.POSITIVE_INFINITY;
    log.memoryPosition = log.endPosition;
    expect(bodies(get(0).records)).toEqual(['written', 'confirmed by others, not yet written here']);
  });

  test('a message that cannot be read is reported, and never skipped', () => {
    for (let i = 0; i < 3; i++) put(message('T', 0, `${i}`));
    log.confirm();
    const second = log.bytes.readInt32BE(0);
    log.bytes.writeInt32BE(0x7777, second);
    const first = get(0);
    expect([first.status, first.nextBeginOffset]).toEqual(['FOUND', 1]);
    const next = get(1);
    expect([next.status, next.nextBeginOffset]).toEqual(['OFFSET_FOUND_NULL', 1]);
  });

  test('positions that a client names are checked', () => {
    put(message('T', 0, 'a'));
    log.confirm();
    put(message('T', 0, 'uncommitted'));
    const found = (position: number) => {
      let record: Buffer | undefined;
      store.lookup(position, (result) => {
        record = result;
      });
      log.finishReads();
      return record;
    };
    expect(bodyOf(found(0)!)).toBe('a');
    for (const position of [-1, 1, 0.5, 4, log.confirmedPosition, 1e15, Number.NaN])
      expect(found(position)).toBeUndefined();
  });

  test('search by time with both boundaries', () => {
    const start = platform.clock.nowMs();
    for (let i = 0; i < 10; i++) {
      put(message('T', 0, `${i}`));
      platform.world.advance(i % 2 === 0 ? 0 : 10);
    }
    log.confirm();
    const search = (time: number, boundary: 'lower' | 'upper') => {
      let offset = -1;
      store.offsetByTime('T', 0, time, boundary, (found) => {
        offset = found;
      });
      return offset;
    };
    // Two messages each at start, start + 10, ...
    expect([
      search(start - 1, 'lower'),
      search(start, 'lower'),
      search(start + 1, 'lower'),
      search(start + 40, 'lower'),
      search(start + 41, 'lower'),
    ]).toEqual([0, 0, 2, 8, 10]);
    expect([
      search(start - 1, 'upper'),
      search(start, 'upper'),
      search(start + 10, 'upper'),
      search(start + 99, 'upper'),
    ]).toEqual([0, 1, 3, 9]);
    let earliest: number | undefined;
    store.earliestTime((time) => {
      earliest = time;
    });
    expect(earliest).toBe(start);
  });
});
