import { describe, expect, it } from 'vitest';
import { CatchUp } from '../../../cluster/ha/catch-up.ts';

describe('CatchUp', () => {
  it('takes a slave that is always a little behind for one that keeps up', () => {
    const catchUp = new CatchUp(0);
    let end = 0;
    // Each millisecond 100 bytes, and acknowledgements that are 3 ms behind: never one of the end of its moment.
    for (let nowMs = 1; nowMs <= 5_000; nowMs++) {
      const acknowledged = Math.max(0, end - 300);
      end += 100;
      catchUp.appended(acknowledged, end, nowMs);
      catchUp.acknowledged(acknowledged, end, nowMs);
      expect(nowMs - catchUp.caughtUpMs).toBeLessThan(20);
    }
  });

  it('tells since when one that does not keep up lacks something', () => {
    const catchUp = new CatchUp(0);
    catchUp.acknowledged(100, 100, 10);
    // Nothing was missing until here, however long nothing was heard.
    catchUp.appended(100, 200, 5_000);
    for (let nowMs = 5_001; nowMs < 9_000; nowMs++) {
      catchUp.appended(110, 200 + nowMs, nowMs);
      catchUp.acknowledged(110, 200 + nowMs, nowMs);
    }
    expect(catchUp.caughtUpMs).toBe(5_000);
    // It reaches what was the end at 5,000: no more than that was caught up with.
    catchUp.acknowledged(200, 20_000, 9_000);
    expect(catchUp.caughtUpMs).toBe(5_000);
    catchUp.acknowledged(20_000, 30_000, 9_500);
    expect(catchUp.caughtUpMs).toBe(9_000);
    catchUp.acknowledged(30_000, 30_000, 9_700);
    expect(catchUp.caughtUpMs).toBe(9_700);
  });
});
