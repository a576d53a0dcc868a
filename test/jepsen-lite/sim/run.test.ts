import { expect, test } from 'vitest';
import { nodeEngine } from '../../../jepsen-lite/bin/engine.ts';
import type { Schedule } from '../../../jepsen-lite/fault/schedule.ts';
import { type RunOptions, run } from '../../../jepsen-lite/sim/run.ts';
import { PersistQueue } from '../../../raft/driver/persist-queue.ts';
import { OffsetBatch } from '../../../src/broker/offset/offset-batch.ts';
import { OffsetTable } from '../../../src/broker/offset/offset-table.ts';
import { ConsumeService } from '../../../src/client/consumer/consume-service.ts';
import type { QueueReader } from '../../../src/client/consumer/queue-reader.ts';
import type { ReceivedMessage } from '../../../src/client/received-message.ts';

const short = (seed: number, more: Partial<RunOptions> = {}): RunOptions => {
  return { seed, nodes: 3, durationMs: 9_000, engine: nodeEngine, ...more };
};

/** Puts a mistake in the place of a method while `play` runs. */
async function withMistake<Target extends object, Result>(
  target: Target,
  method: keyof Target,
  mistake: unknown,
  play: () => Promise<Result>,
): Promise<Result> {
  const right = target[method];
  target[method] = mistake as Target[keyof Target];
  try {
    return await play();
  } finally {
    target[method] = right;
  }
}

test('a seed is played with faults and a working load, nothing is broken, and the same seed gives the same trace', async () => {
  const first = await run(short(4));
  expect(first.violation).toBeUndefined();
  expect(first.acknowledged).toBeGreaterThan(100);
  expect(first.committed).toBeGreaterThan(100);
  const second = await run(short(4));
  expect([second.traceHash, second.events]).toEqual([first.traceHash, first.events]);
});

test('a schedule may be given; it goes through JSON', async () => {
  const schedule: Schedule = [
    { kind: 'kill', atMs: 2_000, target: 'leader', forMs: 1_000 },
    { kind: 'isolate', atMs: 3_300, target: 'n1', forMs: 500, mode: 'peers' },
  ];
  const result = await run(short(1, { durationMs: 5_000, schedule: JSON.parse(JSON.stringify(schedule)) as Schedule }));
  expect(result.violation).toBeUndefined();
  expect(result.leaderships).toBeGreaterThan(1);
  expect(Object.values(result.coverage)).toEqual([1, 1]);
});

test('an acknowledgement before the write is found', async () => {
  type Inside = { finished(number: number, error: undefined): void };
  const early = function (this: Inside, number: number): void {
    this.finished(number, undefined);
  };
  const { violation } = await withMistake(PersistQueue.prototype, 'want', early, () => run(short(1)));
  expect(violation?.invariant).toBe('written-is-there');
});

test('consumer offsets that nobody waits for and that are dropped are found', async () => {
  const { violation } = await withMistake(
    OffsetBatch.prototype,
    'update',
    () => {},
    () => run(short(1)),
  );
  expect(violation?.invariant).toBe('oneway-kept');
});

test('consumer offsets that a commit forgets are found', async () => {
  const { violation } = await withMistake(
    OffsetTable.prototype,
    'commit',
    () => {},
    () => run(short(1)),
  );
  expect(['metadata-kept', 'fresh-offset']).toContain(violation?.invariant);
});

test('a consumer that comes to a batch only after the one behind it is found', async () => {
  const real = ConsumeService.prototype.consume;
  const held = new Map<object, { readonly messages: readonly ReceivedMessage[]; hasPassed: boolean }>();
  let batches = 0;
  const late = function (this: ConsumeService, reader: QueueReader, messages: readonly ReceivedMessage[]): void {
    const before = held.get(reader);
    if (before === undefined && ++batches % 5 === 0) {
      held.set(reader, { messages, hasPassed: false });
      return;
    }
    if (before?.hasPassed) {
      held.delete(reader);
      real.call(this, reader, before.messages);
    } else if (before !== undefined) before.hasPassed = true;
    real.call(this, reader, messages);
  };
  const { violation } = await withMistake(ConsumeService.prototype, 'consume', late, () =>
    run(short(1, { schedule: [] })),
  );
  expect(violation?.invariant).toBe('checker log');
  expect(violation?.text).toContain('consume-order');
});
