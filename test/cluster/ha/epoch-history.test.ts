import { describe, expect, it } from 'vitest';
import { commonEnd, type EpochHistory } from '../../../cluster/ha/epoch-history.ts';

function log(endPosition: number, epochs: readonly (readonly [number, number])[] = [], minPosition = 0): EpochHistory {
  const entries = epochs.map(([epoch, startPosition]) => ({ epoch, startPosition }));
  return { entries, minPosition, endPosition };
}

describe('commonEnd', () => {
  it('is the end of the shorter log inside one epoch', () => {
    expect(commonEnd(log(300, [[1, 0]]), log(500, [[1, 0]]))).toBe(300);
    expect(commonEnd(log(700, [[1, 0]]), log(500, [[1, 0]]))).toBe(500);
  });

  it('is where the next master began if a deposed one wrote on', () => {
    const deposed = log(950, [
      [1, 0],
      [2, 400],
    ]);
    expect(
      commonEnd(
        deposed,
        log(1200, [
          [1, 0],
          [2, 400],
          [3, 800],
        ]),
      ),
    ).toBe(800);
    expect(
      commonEnd(
        deposed,
        log(1200, [
          [1, 0],
          [3, 400],
        ]),
      ),
    ).toBe(400);
    expect(
      commonEnd(
        deposed,
        log(1200, [
          [1, 0],
          [3, 350],
        ]),
      ),
    ).toBe(350);
  });

  it('counts what is older than the first epoch as one epoch, also where old files are gone', () => {
    expect(commonEnd(log(300), log(500, [[1, 400]]))).toBe(300);
    expect(commonEnd(log(450), log(500, [[1, 400]]))).toBe(400);
    expect(commonEnd(log(300, [], 100), log(500, [[1, 400]], 200))).toBe(300);
  });

  it('is nothing where no epoch is common, or all that was is gone from the master', () => {
    expect(commonEnd(log(300, [[2, 0]]), log(500, [[1, 0]]))).toBeUndefined();
    expect(commonEnd(log(300, [[1, 100]], 100), log(500, [[1, 0]]))).toBeUndefined();
    expect(commonEnd(log(300), log(900, [], 400))).toBeUndefined();
  });

  it('is the start of an empty log', () => {
    expect(commonEnd(log(0), log(500, [[7, 0]]))).toBe(0);
  });
});
