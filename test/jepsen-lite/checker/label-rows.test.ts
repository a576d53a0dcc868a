import { expect, test } from 'vitest';
import { placeLabels, rowsOf } from '../../../jepsen-lite/checker/label-rows.ts';

const wanted = (...at: readonly number[]) => at.map((x) => ({ x, text: 'ten letter' }));

test('labels that begin together stand in rows of their own, and later ones where there is room again', () => {
  const labels = placeLabels(wanted(10, 10, 10, 100, 60), 500);
  expect(labels.map(({ x, row }) => [x, row])).toEqual([
    [10, 0],
    [10, 1],
    [10, 2],
    [100, 0],
    [60, 3],
  ]);
  expect(rowsOf(labels)).toBe(4);
  expect(rowsOf([])).toBe(0);
});

test('none is cut off at the right, and none stands before the left edge', () => {
  expect(placeLabels(wanted(490, 495), 500).map(({ x, row }) => [x, row])).toEqual([
    [438, 0],
    [438, 1],
  ]);
  expect(placeLabels(wanted(5), 20)).toEqual([{ x: 0, row: 0, text: 'ten letter' }]);
});
