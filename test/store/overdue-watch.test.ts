import { expect, test } from 'vitest';
import { OverdueWatch } from '../../src/store/overdue-watch.ts';

test('names the newest ticket that was there a time limit ago and is not confirmed', () => {
  const watch = new OverdueWatch(100);
  expect(watch.look(0, 5, 0)).toBe(0);
  expect(watch.look(50, 7, 0)).toBe(0);
  expect(watch.look(100, 9, 0)).toBe(5);
  expect(watch.look(150, 9, 0)).toBe(7);
  expect(watch.look(200, 9, 8)).toBe(9);
  expect(watch.look(210, 9, 9)).toBe(0);
});

test('what was confirmed meanwhile is not overdue, and what came later waits for its own time', () => {
  const watch = new OverdueWatch(100);
  watch.look(0, 5, 0);
  expect(watch.look(100, 6, 5)).toBe(0);
  expect(watch.look(199, 8, 5)).toBe(0);
  expect(watch.look(200, 8, 5)).toBe(6);
});

test('a standstill of any length takes bounded memory, and every ticket is named in the end', () => {
  const watch = new OverdueWatch(100);
  for (let i = 1; i <= 10_000; i++) watch.look(i / 1000, i, 0);
  expect(watch.look(200, 10_000, 0)).toBeGreaterThan(0);
  expect(watch.look(301, 10_000, 0)).toBe(10_000);
});
