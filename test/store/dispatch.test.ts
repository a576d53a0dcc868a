import { beforeEach, describe, expect, test } from 'vitest';
import { tagsCode } from '../../src/protocol/message/tags.ts';
import { INTERNAL_TOPIC, SCHEDULE_TOPIC } from '../../src/store/internal-topic.ts';
import { bodies, bodyOf, get, log, platform, put, renew, reopen, store } from './store-under-test.ts';
import { message } from './support.ts';

beforeEach(() => renew());

describe('dispatch', () => {
  test('arrivals are told once per queue and batch, when all of the batch can be read', () => {
    const told: unknown[] = [];
    store.addArrivalListener({
      messagesArrived: (topic, queueId, maxOffset, code) =>
        told.push([topic, queueId, maxOffset, code, store.maxOffset('U', 1)]),
    });
    put(message('T', 0, 'a', { TAGS: 'A' }));
    put(message('T', 0, 'b', { TAGS: 'B' }));
    put(message('U', 1, 'c', { TAGS: 'A' }));
    put(message('U', 1, 'd', { TAGS: 'A' }));
    log.confirm();
    expect(told).toEqual([
      ['T', 0, 2, undefined, 2],
      ['U', 1, 2, tagsCode('A'), 2],
    ]);
  });

  test('a delayed message carries its delivery time as tags code', () => {
    const delayed = message(SCHEDULE_TOPIC, 2, 'x', { DELAY: '3', TAGS: 'A' });
    put(delayed);
    log.confirm();
    let code = 0;
    const filter = {
      matchesTagsCode: (seen: number) => {
        code = seen;
        return true;
      },
    };
    store.getMessage(SCHEDULE_TOPIC, 2, 0, 1, 1000, filter, () => {});
    expect(code).toBe(delayed.storeTimestamp + 10_000);
  });

  test('internal records reach their handler between the messages around them, once, and no queue', () => {
    const seen: string[] = [];
    store.setInternalRecordHandler({
      applyInternal: (record, position) =>
        seen.push(`${bodyOf(record)} at ${position} after ${store.maxOffset('T', 0)}`),
    });
    put(message('T', 0, 'a'));
    const internal = message(INTERNAL_TOPIC, 0, '{}');
    put(internal);
    put(message('T', 0, 'b'));
    log.confirm();
    expect(seen).toEqual([`{} at ${internal.position} after 1`]);
    expect(store.topics()).toEqual(['T']);
    expect(store.queueOffsets()).toEqual(
      new Map([
        ['T', [2]],
        [INTERNAL_TOPIC, [1]],
      ]),
    );
  });

  test('a removed topic starts anew at its removal in the log, not before', () => {
    store.setInternalRecordHandler({ applyInternal: () => store.removeTopic('T') });
    put(message('T', 0, 'old 0'));
    put(message('T', 0, 'old 1'));
    put(message(INTERNAL_TOPIC, 0, '{}'));
    store.topicRemovalAppended('T');
    const fresh = message('T', 0, 'new 0');
    put(fresh);
    expect(fresh.queueOffset).toBe(0);
    log.confirm();
    expect(bodies(get(0).records)).toEqual(['new 0']);
    expect(store.nextOffset('T', 0)).toBe(1);
  });

  test('a removal that is no record of the log takes effect behind what was appended before it', () => {
    put(message('T', 0, 'old 0'));
    log.confirm();
    const inFlight = put(message('T', 0, 'old 1'));
    store.topicRemovalAppended('T');
    store.removeTopic('T');
    const fresh = message('T', 0, 'new 0');
    put(fresh);
    expect(fresh.queueOffset).toBe(0);
    log.confirm();
    expect(inFlight.outcome).toBe('stored');
    expect(bodies(get(0).records)).toEqual(['new 0']);
    expect([store.nextOffset('T', 0), store.queueOffsets().get('T')]).toEqual([1, [1]]);
    store.topicRemovalAppended('T');
    store.removeTopic('T');
    expect([store.topics(), store.nextOffset('T', 0), store.queueOffsets().get('T')]).toEqual([[], 0, undefined]);
  });

  test('a removal that is lost is as if it had not been', () => {
    put(message('T', 0, 'old'));
    log.confirm();
    put(message(INTERNAL_TOPIC, 0, '{}'));
    store.topicRemovalAppended('T');
    expect(store.nextOffset('T', 0)).toBe(0);
    log.lose();
    expect(store.nextOffset('T', 0)).toBe(1);
  });
});

describe('recovery to a point', () => {
  function flush(): void {
    let done = false;
    store.flushTo(store.dispatchedPosition, (error) => {
      expect(error).toBeUndefined();
      done = true;
    });
    platform.world.runUntil(() => done);
  }

  function restart(point: { fromPosition: number; queueOffsets: ReadonlyMap<string, readonly number[]> }): void {
    reopen(false);
    store.recover(point);
    store.start();
  }

  test('what was dispatched behind the point is dispatched again, once', () => {
    for (let i = 0; i < 10; i++) put(message('T', i % 3, `${i}`, { UNIQ_KEY: `u${i}` }));
    log.confirm();
    flush();
    const point = { fromPosition: store.dispatchedPosition, queueOffsets: store.queueOffsets() };
    for (let i = 10; i < 20; i++) put(message('T', i % 4, `${i}`, { UNIQ_KEY: `u${i}` }));
    log.confirm();
    flush();
    restart(point);
    expect([0, 1, 2, 3].flatMap((queueId) => bodies(get(0, 'T', queueId).records)).sort()).toEqual(
      Array.from({ length: 20 }, (_, i) => `${i}`).sort(),
    );
    expect(store.nextOffset('T', 3)).toBe(3);
    let found: Buffer[] = [];
    store.queryByKey('T', 'u15', 10, 0, Number.MAX_SAFE_INTEGER, (records) => {
      found = records;
    });
    platform.world.advance(100);
    expect(bodies(found)).toEqual(['15']);
  });

  test('consume queues and index that are gone are built anew, without internal records', () => {
    for (let i = 0; i < 10; i++) put(message('T', 0, `${i}`, { KEYS: 'k' }));
    put(message(INTERNAL_TOPIC, 0, '{}'));
    log.confirm();
    flush();
    const point = {
      fromPosition: store.dispatchedPosition,
      queueOffsets: new Map([...store.queueOffsets(), ['Idle', [-1, 77]]]),
    };
    platform.disk.removeTree('/store/consumequeue');
    platform.disk.removeTree('/store/index');
    let applied = 0;
    reopen(false);
    store.setInternalRecordHandler({ applyInternal: () => applied++ });
    store.recover(point);
    store.start();
    expect(applied).toBe(0);
    expect(get(0).records).toHaveLength(10);
    let found: Buffer[] = [];
    store.queryByKey('T', 'k', 100, 0, Number.MAX_SAFE_INTEGER, (records) => {
      found = records;
    });
    expect(found).toHaveLength(10);
    expect([store.minOffset('Idle', 1), store.maxOffset('Idle', 1), store.nextOffset('Idle', 1)]).toEqual([77, 77, 77]);
    flush();
    const { scans } = log;
    restart(point);
    expect(log.scans - scans, 'nothing has to be built anew the second time').toBe(0);
    const next = message('Idle', 1, 'first for long');
    put(next);
    log.confirm();
    expect(next.queueOffset).toBe(77);
    expect(bodies(get(77, 'Idle', 1).records)).toEqual(['first for long']);
  });

  test('a rebuild over the removal of a topic shows only what came after it', () => {
    store.setInternalRecordHandler({ applyInternal: () => store.removeTopic('T') });
    for (let i = 0; i < 5; i++) put(message('T', 0, `old ${i}`));
    put(message(INTERNAL_TOPIC, 0, '{}'));
    store.topicRemovalAppended('T');
    for (let i = 0; i < 2; i++) put(message('T', 0, `new ${i}`));
    put(message('Gone', 0, 'x'));
    log.confirm();
    store.removeTopic('Gone');
    flush();
    const point = { fromPosition: store.dispatchedPosition, queueOffsets: store.queueOffsets() };
    platform.disk.removeTree('/store/consumequeue');
    restart(point);
    expect(bodies(get(0).records)).toEqual(['new 0', 'new 1']);
    expect(store.topics()).toEqual(['T']);
  });
});
