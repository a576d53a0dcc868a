import { expect, test, vi } from 'vitest';
import { OwnPauses } from '../../../jepsen-lite/live/own-pauses.ts';

test('a process that is held up is noticed, and only in the times in which the pause was', () => {
  vi.useFakeTimers();
  let nowMs = 0;
  const pauses = new OwnPauses(() => nowMs);
  for (const stepMs of [10, 11, 300, 10, 25, 10]) {
    nowMs += stepMs;
    vi.advanceTimersByTime(10);
  }
  pauses.stop();
  vi.useRealTimers();
  expect(pauses.longestIn(0, 1_000)).toBe(300);
  expect(pauses.longestIn(0, 20)).toBe(0);
  expect(pauses.atLeast(100)).toEqual([{ fromMs: 21, toMs: 321 }]);
  expect(pauses.longestIn(330, 1_000)).toBe(0);
  // Of a pause that only touches a time, what lies in it.
  expect(pauses.longestIn(311, 1_000)).toBe(10);
  expect(pauses.longestIn(0, 41)).toBe(20);
  expect(pauses.longestIn(100, 200)).toBe(100);
});
