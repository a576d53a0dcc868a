import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsumeQueue, UnitRun } from '../../src/store/consume-queue.ts';
import { ConsumeQueueSet } from '../../src/store/consume-queue-set.ts';
import { FileHandles } from '../../src/store/file-handles.ts';
import { isRecordUnit, UNIT_BYTES, unitPosition, unitSize, unitTagsCode } from '../../src/store/queue-unit.ts';
import { createVirtualPlatform, type VirtualPlatform, VirtualWorld } from '../support/virtual-platform.ts';

const ROOT = '/store/consumequeue';

function openSet(platform: VirtualPlatform, unitsPerFile = 10): ConsumeQueueSet {
  const { disk, timers, logger } = platform;
  const set = new ConsumeQueueSet({ root: ROOT, handles: new FileHandles(disk, 4), unitsPerFile, timers, logger });
  expect(set.open()).toBeUndefined();
  return set;
}

function flush(platform: VirtualPlatform, set: ConsumeQueueSet, sync = false): void {
  let done = false;
  set.flush(sync, (error) => {
    expect(error).toBeUndefined();
    done = true;
  });
  platform.world.runUntil(() => done);
}

/** Unit at an offset, through the same calls as a reader makes. */
function read(
  platform: VirtualPlatform,
  set: ConsumeQueueSet,
  queue: ConsumeQueue,
  offset: number,
): [number, number, number] {
  const run: UnitRun = { buffer: Buffer.alloc(0), at: 0, count: 0 };
  if (!queue.locate(offset, run)) {
    let loaded = false;
    set.load(queue, offset, (error) => {
      expect(error).toBeUndefined();
      loaded = true;
    });
    platform.world.runUntil(() => loaded);
    expect(queue.locate(offset, run)).toBe(true);
  }
  return [unitPosition(run.buffer, run.at), unitSize(run.buffer, run.at), unitTagsCode(run.buffer, run.at)];
}

describe('a consume queue', () => {
  test('has its blanks in front also where the first write found no room', () => {
    const platform = createVirtualPlatform();
    const set = openSet(platform);
    for (let i = 7; i < 9; i++) set.append('T', 3, i, i * 200, 200, 0);
    platform.disk.image.fail({ operation: 'write', code: 'ENOSPC', path: ROOT, written: 30 });
    let code: string | undefined;
    set.flush(false, (error) => {
      code = error?.code;
    });
    platform.world.runUntil(() => code !== undefined);
    expect(code).toBe('ENOSPC');
    flush(platform, set, true);
    const again = openSet(platform);
    again.append('T', 3, 9, 1800, 200, 0);
    const queue = again.find('T', 3)!;
    expect([queue.maxOffset, read(platform, again, queue, 7)[0], read(platform, again, queue, 9)[0]]).toEqual([
      10, 1400, 1800,
    ]);
  });

  test('writes the bytes that RocketMQ writes: position, size, tags code, 20-digit file names of full length', () => {
    const platform = createVirtualPlatform();
    const set = openSet(platform);
    for (let i = 0; i < 12; i++) set.append('T', 3, i, 0x1_0000_0005 + i * 200, 200, i === 0 ? -5 : 1_795_335_169_526);
    flush(platform, set);
    const first = platform.disk.readFile(`${ROOT}/T/3/00000000000000000000`)!;
    expect(first.subarray(0, 40).toString('hex')).toBe(
      '0000000100000005000000c8fffffffffffffffb00000001000000cd000000c8000001a20250a5f6',
    );
    expect(first.length).toBe(200);
    const second = platform.disk.readFile(`${ROOT}/T/3/00000000000000000200`)!;
    expect(second.length).toBe(200);
    expect(second.readInt32BE(8)).toBe(200);
    expect(second.subarray(40).every((byte) => byte === 0)).toBe(true);
  });

  test('fills the places before the first message of a file with blanks, and does not show them', () => {
    const platform = createVirtualPlatform();
    const set = openSet(platform);
    set.append('T', 0, 23, 5000, 100, 7);
    flush(platform, set);
    const bytes = platform.disk.readFile(`${ROOT}/T/0/00000000000000000400`)!;
    expect(bytes.subarray(0, 20).toString('hex')).toBe('00000000000000007fffffff0000000000000000');
    const again = openSet(platform);
    again.trimNow(0);
    const queue = again.find('T', 0)!;
    expect([queue.minOffset, queue.maxOffset]).toEqual([23, 24]);
    expect(read(platform, again, queue, 23)).toEqual([5000, 100, 7]);
  });

  test('skips what it has, fills a small hole and refuses an absurd offset', () => {
    const platform = createVirtualPlatform();
    const set = openSet(platform);
    expect(set.append('T', 0, 0, 0, 100, 1)).toBe(true);
    expect(set.append('T', 0, 0, 999, 100, 1)).toBe(true);
    expect(set.append('T', 0, 3, 300, 100, 1)).toBe(true);
    expect(set.append('T', 0, 1_000_000, 400, 100, 1)).toBe(false);
    const queue = set.find('T', 0)!;
    expect(queue.maxOffset).toBe(4);
    expect(read(platform, set, queue, 0)[0]).toBe(0);
    const unit = Buffer.alloc(UNIT_BYTES);
    expect(queue.readUnitSync(2, unit)).toBe(true);
    expect(isRecordUnit(unit, 0)).toBe(false);
  });

  test('a write that fails is tried again and loses nothing', () => {
    const platform = createVirtualPlatform();
    const set = openSet(platform);
    for (let i = 0; i < 5; i++) set.append('T', 0, i, i * 100, 100, i);
    platform.world.disk('local').fail({ operation: 'write', code: 'ENOSPC', written: 33 });
    let outcome: string | undefined;
    set.flush(false, (error) => {
      outcome = error?.code;
    });
    platform.world.runUntil(() => outcome !== undefined);
    expect(outcome).toBe('ENOSPC');
    flush(platform, set);
    const queue = openSet(platform).find('T', 0)!;
    expect(queue.maxOffset).toBe(5);
  });

  test('the last file stays when everything in it is below the log, so that the next offset is not forgotten', () => {
    const platform = createVirtualPlatform();
    const set = openSet(platform);
    for (let i = 0; i < 25; i++) set.append('T', 0, i, i * 100, 100, 0);
    flush(platform, set, true);
    set.trim(1_000_000);
    platform.world.advance(10);
    expect(platform.disk.list(`${ROOT}/T/0`)).toEqual(['00000000000000000400']);
    expect(platform.logger.lines.find(({ message }) => message.startsWith('Removed files'))?.fields).toEqual({
      topic: 'T',
      queueId: 0,
      files: 2,
      minOffset: 25,
    });
    const queue = openSet(platform).find('T', 0)!;
    queue.trim(1_000_000);
    expect([queue.minOffset, queue.maxOffset]).toEqual([25, 25]);
  });

  test.each([
    { where: 'in memory', from: 0, flushed: false, gone: 1, cut: 1 },
    { where: 'in a file', from: 0, flushed: true, gone: 1, cut: 1 },
    { where: 'where its first file begins', from: 0, flushed: true, gone: 10, cut: 10 },
    { where: 'before what is left of it', from: 0, flushed: true, gone: 12, cut: 4 },
    { where: 'where it began, in memory', from: 10, flushed: false, gone: 0, cut: 10 },
    { where: 'where it began, in a file', from: 13, flushed: true, gone: 0, cut: 13 },
  ])(
    'that is cut to nothing $where goes on at the same offset after the next start',
    ({ from, flushed, gone, cut }) => {
      const platform = createVirtualPlatform();
      const set = openSet(platform);
      const end = Math.max(from, gone) + 2;
      for (let i = from; i < end; i++) set.append('T', 0, i, i * 50, 50, 0);
      if (flushed) flush(platform, set, true);
      set.trimNow(gone * 50);
      set.cutTo(new Map([['T', [cut]]]));
      const queue = set.find('T', 0)!;
      expect([queue.minOffset, queue.maxOffset]).toEqual([cut, cut]);
      flush(platform, set);
      const again = openSet(platform);
      again.trimNow(end * 50);
      const reopened = again.find('T', 0)!;
      expect([reopened.minOffset, reopened.maxOffset]).toEqual([cut, cut]);
      again.append('T', 0, cut, end * 50, 50, 0);
      flush(platform, again);
      const last = openSet(platform);
      expect([last.find('T', 0)!.maxOffset, read(platform, last, last.find('T', 0)!, cut)[0]]).toEqual([
        cut + 1,
        end * 50,
      ]);
    },
  );

  test('many queues cost little memory and few open files', () => {
    const platform = createVirtualPlatform();
    const set = openSet(platform);
    for (let queue = 0; queue < 500; queue++)
      set.append(`T${queue % 50}`, Math.floor(queue / 50), 0, queue * 100, 100, 0);
    expect(set.memoryBytes).toBeLessThan(500 * 400);
    flush(platform, set);
    flush(platform, set);
    const reopened = openSet(platform);
    expect([...reopened.all()].every((queue) => queue.maxOffset === 1)).toBe(true);
    expect(reopened.memoryBytes).toBe(0);
  });

  test('fsyncs files and their folders before a sync flush is done: a machine crash keeps them', () => {
    const world = new VirtualWorld(3);
    const platform = world.start('a');
    const set = openSet(platform);
    for (let i = 0; i < 15; i++) set.append('T', 0, i, i * 100, 100, i);
    flush(platform, set, true);
    platform.crash({ machine: true, unsynced: 'lost' });
    const queue = openSet(world.start('a')).find('T', 0);
    expect(queue?.maxOffset).toBe(15);
  });

  test('a removed topic is gone from memory and disk, and may begin again at 0', () => {
    const platform = createVirtualPlatform();
    const set = openSet(platform);
    for (let i = 0; i < 15; i++) set.append('T', 0, i, i * 100, 100, i);
    flush(platform, set);
    set.append('T', 0, 15, 1500, 100, 15);
    set.flush(false, () => {});
    set.removeTopic('T');
    expect(set.append('T', 0, 0, 2000, 100, 0)).toBe(true);
    platform.world.advance(10);
    flush(platform, set);
    const queue = openSet(platform).find('T', 0)!;
    expect([queue.minOffset, queue.maxOffset]).toEqual([0, 1]);
    expect(read(platform, set, queue, 0)[0]).toBe(2000);
  });
});

describe('against a naive model', () => {
  type Step =
    | { kind: 'append'; queue: number; count: number }
    | { kind: 'flush'; sync: boolean }
    | { kind: 'cut'; queue: number; share: number }
    | { kind: 'trim'; share: number }
    | { kind: 'reopen' };

  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        queue: fc.nat(2),
        count: fc.integer({ min: 1, max: 40 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('flush' as const), sync: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('cut' as const),
        queue: fc.nat(2),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('trim' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  );

  test('every unit reads back after appends, flushes, cuts, trims and reopening', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const platform = createVirtualPlatform();
        let set = openSet(platform);
        const model = [0, 1, 2].map(() => ({ min: 0, units: [] as number[] }));
        let position = 0;
        for (const action of steps) {
          if (action.kind === 'append') {
            const queue = model[action.queue]!;
            for (let i = 0; i < action.count; i++) {
              set.append('T', action.queue, queue.units.length, position, 50, position % 97);
              queue.units.push(position);
              position += 50;
            }
          } else if (action.kind === 'flush') flush(platform, set, action.sync);
          else if (action.kind === 'reopen') {
            flush(platform, set);
            set = openSet(platform);
            set.trimNow(0);
            for (const [id, queue] of model.entries()) set.find('T', id)?.trim(queue.units[queue.min] ?? position);
          } else if (action.kind === 'trim') {
            const at = Math.floor(action.share * position);
            set.trimNow(at);
            for (const queue of model)
              while (queue.min < queue.units.length && queue.units[queue.min]! < at) queue.min++;
          } else {
            const queue = model[action.queue]!;
            const next = queue.min + Math.floor(action.share * (queue.units.length - queue.min));
            queue.units.length = next;
            set.cutTo(new Map([['T', model.map(({ units }) => units.length)]]));
          }
        }
        for (const [id, expected] of model.entries()) {
          const queue = set.find('T', id);
          if (expected.units.length === 0 && queue === undefined) continue;
          expect(queue!.maxOffset).toBe(expected.units.length);
          expect(queue!.minOffset).toBe(expected.min);
          for (let offset = expected.min; offset < expected.units.length; offset++) {
            const at = expected.units[offset]!;
            expect(read(platform, set, queue!, offset)).toEqual([at, 50, at % 97]);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
