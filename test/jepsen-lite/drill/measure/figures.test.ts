import { describe, expect, test } from 'vitest';
import { History } from '../../../../jepsen-lite/checker/history.ts';
import { messagesOf } from '../../../../jepsen-lite/drill/measure/messages.ts';
import { failedBetween, figuresOf, oldestOpenMs, sendsOf } from '../../../../jepsen-lite/drill/measure/sends.ts';
import { spreadOf } from '../../../../jepsen-lite/drill/measure/spread.ts';

const MS = 1_000_000;

/** Three sends from 0 to 200 ms: acknowledged, unknown, acknowledged; a reader that sees the first two under way; then a drain. */
function history(): History {
  const made = new History();
  const send = (value: string, callMs: number) => made.invoke(0, 'append', 'T/0', value, callMs * MS, '');
  made.ok(send('a', 0), 10 * MS, 0);
  made.info(send('b', 50), 150 * MS, 'timeout');
  made.ok(send('c', 190), 200 * MS, 1);
  const polled = ['a', 'c'].map((value, offset) => ({ offset, value }));
  made.poll(1, 'T/0', '', 210 * MS, 220 * MS, polled);
  made.drained = true;
  return made;
}

/** Where the drain found messages. */
function places(...stored: readonly (readonly [offset: number, value: string])[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [offset, value] of stored) found.set(value, (found.get(value) ?? new Set()).add(`T/0@${offset}`));
  return found;
}

const window = { fromMs: 0, toMs: 250, sinceMs: 200 };
const seen = new Map([
  ['a', 20],
  ['c', 230],
]);

describe('messages of a window', () => {
  test('nothing lost, one stored twice, drained when the last was seen', () => {
    const whole = places([0, 'a'], [1, 'c'], [2, 'b'], [3, 'b']);
    expect(messagesOf(history(), whole, seen, window)).toEqual({ lost: 0, duplicates: 1, lagDrainMs: 30 });
  });

  test('an acknowledged message that is not there in the end is lost, whoever has read it; one whose end is unknown is not', () => {
    const torn = places([0, 'a']);
    expect(messagesOf(history(), torn, seen, window)).toMatchObject({ lost: 1, duplicates: 0 });
    expect(messagesOf(history(), torn, seen, { ...window, toMs: 100 })).toMatchObject({ lost: 0 });
  });

  test('what was acknowledged only after the recovery is no lag of it', () => {
    const whole = places([0, 'a'], [1, 'c']);
    expect(messagesOf(history(), whole, seen, { ...window, sinceMs: 100 })).toMatchObject({ lagDrainMs: 0 });
    expect(messagesOf(history(), whole, seen, { ...window, sinceMs: 5 })).toMatchObject({ lagDrainMs: 0 });
    expect(messagesOf(history(), whole, seen, { ...window, sinceMs: 10 })).toMatchObject({ lagDrainMs: 10 });
  });

  test('loss is not known before the drain, and nothing drained that nobody saw', () => {
    const undrained = history();
    undrained.drained = false;
    const figures = messagesOf(undrained, places(), new Map([['a', 20]]), window);
    expect(figures).toEqual({ lost: undefined, duplicates: undefined, lagDrainMs: undefined });
  });
});

test('figures of sends count what ended in the window, and the gap at its edges', () => {
  const sends = sendsOf(history());
  expect(figuresOf(sends, 0, 180)).toMatchObject({
    acknowledged: 1,
    refused: 0,
    unknown: 1,
    p99Ms: 10,
    longestGapMs: 170,
  });
  expect(figuresOf(sends, 160, 1_160)).toMatchObject({ acknowledged: 1, perSecond: 1, longestGapMs: 960 });
  expect(figuresOf([], 0, 100)).toMatchObject({ acknowledged: 0, p99Ms: 0, longestGapMs: 100 });
});

test('a send counts as failed in a trial in which it was under way, whenever it ended', () => {
  const sends = sendsOf(history());
  // Under way from 50 to 150 ms.
  expect(failedBetween(sends, 0, 51)).toBe(1);
  expect(failedBetween(sends, 0, 50)).toBe(0);
  expect(failedBetween(sends, 150, 200)).toBe(1);
  expect(failedBetween(sends, 151, 200)).toBe(0);
});

test('the oldest send without an end', () => {
  const made = history();
  expect(oldestOpenMs(made, 0, 300)).toBe(0);
  made.invoke(2, 'append', 'T/0', 'd', 210 * MS, '');
  const last = made.invoke(3, 'append', 'T/0', 'e', 220 * MS, '');
  expect(oldestOpenMs(made, 0, 300)).toBe(90);
  expect(oldestOpenMs(made, last, 300)).toBe(80);
});

test('percentiles are figures that were measured', () => {
  expect(spreadOf([])).toBeUndefined();
  expect(spreadOf([3, undefined, 1, 2])).toEqual({ count: 3, min: 1, p50: 2, p95: undefined, max: undefined });
  expect(spreadOf([undefined, 1])).toEqual({ count: 1, min: 1, p50: 1, p95: undefined, max: undefined });
  expect(spreadOf([3, 1, 2])).toEqual({ count: 3, min: 1, p50: 2, p95: 3, max: 3 });
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
  expect(spreadOf(hundred)).toEqual({ count: 100, min: 1, p50: 50, p95: 95, max: 100 });
});
