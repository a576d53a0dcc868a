import { describe, expect, it } from 'vitest';
import type { PullOutcome, PullRequest } from '../../../src/client/consumer/pull-source.ts';
import { QueueReader } from '../../../src/client/consumer/queue-reader.ts';
import type { ReceivedMessage } from '../../../src/client/received-message.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';

const queue = { topic: 'T', brokerName: 'b', queueId: 0 };

function message(queueOffset: number): ReceivedMessage {
  return { queueOffset, storeSize: 100 } as ReceivedMessage;
}

function setUp(limits: { maxMessages?: number; maxSpan?: number } = {}) {
  const platform = createVirtualPlatform();
  const pulls: { request: PullRequest; done: (outcome: PullOutcome) => void }[] = [];
  const delivered: number[] = [];
  const moved: number[] = [];
  const failures: string[] = [];
  const reader = new QueueReader(queue, 0, {
    clock: platform.clock,
    timers: platform.timers,
    pull: (request, done) => void pulls.push({ request, done }),
    limits: { maxMessages: 10, maxBytes: 1e9, maxSpan: 2_000, pullBatchSize: 32, ...limits },
    commitsOnPull: true,
    handlers: {
      onMessages: (_reader, messages) => void delivered.push(...messages.map((each) => each.queueOffset)),
      onMoved: (_reader, offset) => void moved.push(offset),
      onFailure: (_reader, error) => void failures.push(error.message),
    },
  });
  reader.start();
  const answer = (outcome: PullOutcome) => pulls.shift()?.done(outcome);
  const found = (first: number, count: number) =>
    answer({
      kind: 'found',
      messages: Array.from({ length: count }, (_, at) => message(first + at)),
      nextOffset: first + count,
      minOffset: 0,
      maxOffset: 1_000,
    });
  return { platform, pulls, delivered, moved, failures, reader, answer, found };
}

describe('QueueReader', () => {
  it('pulls on from where it was and lets progress ride on the pull', () => {
    const { pulls, delivered, reader, found } = setUp();
    expect(pulls[0]?.request).toEqual({ queue, offset: 0, maxMessages: 32, commitOffset: undefined });
    found(0, 3);
    expect(delivered).toEqual([0, 1, 2]);
    expect(pulls[0]?.request).toMatchObject({ offset: 3, commitOffset: undefined });
    reader.finish(1, reader.epoch);
    reader.finish(0, reader.epoch);
    found(3, 1);
    expect(pulls[0]?.request).toMatchObject({ offset: 4, commitOffset: 2 });
  });

  it('waits while too many messages are not consumed', () => {
    const { platform, pulls, reader, found } = setUp({ maxMessages: 2 });
    found(0, 3);
    expect(pulls).toHaveLength(0);
    platform.world.advance(49);
    reader.finish(0, reader.epoch);
    platform.world.advance(1);
    expect(pulls).toHaveLength(1);
  });

  it('waits while one old message is not consumed and much came after it', () => {
    const { platform, pulls, reader, found } = setUp({ maxSpan: 5 });
    found(0, 6);
    for (let offset = 1; offset < 6; offset++) reader.finish(offset, reader.epoch);
    platform.world.advance(200);
    expect(pulls).toHaveLength(0);
    reader.finish(0, reader.epoch);
    platform.world.advance(50);
    expect(pulls).toHaveLength(1);
    expect(reader.committable).toBe(6);
  });

  it('slows down when a broker answers "nothing" at once', () => {
    const { platform, pulls, answer } = setUp();
    let asked = 0;
    for (let turn = 0; turn < 100; turn++) {
      if (pulls.length > 0) asked++;
      answer({ kind: 'nothing', nextOffset: 0, minOffset: 0, maxOffset: 0 });
      platform.world.advance(100);
    }
    expect(asked).toBeLessThan(35);
    expect(asked).toBeGreaterThan(15);
  });

  it('starts anew where the broker says, and messages from before do not count', () => {
    const { platform, pulls, moved, reader, found, answer } = setUp();
    found(0, 2);
    const before = reader.epoch;
    answer({ kind: 'moved', nextOffset: 50, minOffset: 50, maxOffset: 60 });
    expect(moved).toEqual([50]);
    reader.finish(0, before);
    expect(reader.committable).toBe(50);
    platform.world.advance(1_000);
    expect(pulls[0]?.request.offset).toBe(50);
  });

  it('reports a failure and tries again later; a stopped one does nothing', () => {
    const { platform, pulls, failures, reader, answer, found, delivered } = setUp();
    answer({ kind: 'failed', error: new Error('gone'), retryMs: 200 });
    expect(failures).toEqual(['gone']);
    platform.world.advance(199);
    expect(pulls).toHaveLength(0);
    platform.world.advance(1);
    expect(pulls).toHaveLength(1);
    reader.stop();
    found(0, 1);
    platform.world.advance(10_000);
    expect(delivered).toEqual([]);
    expect(pulls).toHaveLength(0);
  });
});
