import { describe, expect, test } from 'vitest';
import { askAgain } from '../../../jepsen-lite/live/ask-again.ts';
import { ClientError } from '../../../src/client/errors.ts';
import { VirtualWorld } from '../../support/virtual-platform.ts';

const LATER = new ClientError('refused', 'no master now', { responseCode: 14, retryable: true });
const NEVER = new ClientError('refused', 'no such topic', { responseCode: 17 });

function asked(refusals: readonly Error[], signal = new AbortController().signal) {
  const world = new VirtualWorld();
  let times = 0;
  const answer = askAgain(
    world.start('client'),
    1_000,
    signal,
  )(async () => {
    const error = refusals[Math.min(times++, refusals.length - 1)];
    if (times > refusals.length || error === undefined) return 'answer';
    throw error;
  });
  return { world, answer, times: () => times };
}

describe('reading back after the faults', () => {
  test('asks again where it was told to come later', async () => {
    const { world, answer, times } = asked([LATER, LATER]);
    expect(await world.settle(answer)).toBe('answer');
    expect([times(), world.nowMs]).toEqual([3, 200]);
  });

  test('takes a refusal that time does not change', async () => {
    const { world, answer, times } = asked([NEVER]);
    await expect(world.settle(answer)).rejects.toBe(NEVER);
    expect(times()).toBe(1);
  });

  test('gives up when the time is up', async () => {
    const { world, answer, times } = asked(Array.from({ length: 50 }, () => LATER));
    await expect(world.settle(answer)).rejects.toBe(LATER);
    expect(times()).toBe(11);
  });

  test('gives up when it is to end', async () => {
    const { world, answer, times } = asked([LATER], AbortSignal.abort());
    await expect(world.settle(answer)).rejects.toBe(LATER);
    expect(times()).toBe(1);
  });
});
