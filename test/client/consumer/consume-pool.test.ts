import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type ConsumeContext, type ConsumeJob, ConsumePool } from '../../../src/client/consumer/consume-pool.ts';

const QUEUE = { topic: 'T', brokerName: 'a', queueId: 0 };

function job(done: ConsumeJob['done'] = () => {}): ConsumeJob {
  return { queue: QUEUE, messages: [], wanted: () => true, done };
}

/** A pool whose calls last until the test ends them. */
function setUp(concurrency = 50) {
  const contexts: ConsumeContext[] = [];
  const ends: (() => void)[] = [];
  const listener = (_messages: unknown, context: ConsumeContext) => {
    contexts.push(context);
    return new Promise<'success'>((resolve) => ends.push(() => resolve('success')));
  };
  return { pool: new ConsumePool(listener, concurrency, () => 0), contexts, ends };
}

const turn = () => new Promise<void>((resolve) => process.nextTick(resolve));

describe('ConsumePool', () => {
  it('gives each call a signal of its own, always the same one', () => {
    const { pool, contexts } = setUp();
    for (let count = 0; count < 12; count++) pool.add(job());
    const signals = contexts.map((each) => each.signal);
    expect(new Set(signals).size).toBe(12);
    expect(contexts.map((each) => each.signal)).toEqual(signals);
    for (const signal of signals) signal.addEventListener('abort', () => {});
    expect(signals.map((each) => getEventListeners(each, 'abort').length)).toEqual(signals.map(() => 1));
  });

  it('aborts the signals of running calls at its close, and is idle when they have ended', async () => {
    const { pool, contexts, ends } = setUp();
    for (let count = 0; count < 3; count++) pool.add(job());
    const aborted: number[] = [];
    for (const index of [0, 1]) contexts[index]!.signal.addEventListener('abort', () => aborted.push(index));
    let idle = false;
    pool.close(() => {
      idle = true;
    });
    expect(aborted).toEqual([0, 1]);
    expect(contexts[2]!.signal.aborted).toBe(true);
    expect(pool.running).toBe(3);
    for (const end of ends.slice(1)) end();
    await turn();
    expect(idle).toBe(false);
    ends[0]!();
    await turn();
    expect(idle).toBe(true);
  });

  it('keeps nothing of a call that has ended', async () => {
    const { pool, contexts, ends } = setUp();
    pool.add(job());
    const { signal } = contexts[0]!;
    ends[0]!();
    await turn();
    expect(pool.running).toBe(0);
    pool.close(() => {});
    expect(signal.aborted).toBe(false);
  });

  it('runs at most as many calls as it may, in the order of the jobs', async () => {
    const { pool, contexts, ends } = setUp(2);
    const done: string[] = [];
    for (let count = 0; count < 3; count++) pool.add(job((result) => done.push(`${count} ${result}`)));
    expect(contexts).toHaveLength(2);
    ends[1]!();
    await turn();
    expect(done).toEqual(['1 success']);
    expect(contexts).toHaveLength(3);
  });
});
