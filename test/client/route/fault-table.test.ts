import { describe, expect, it } from 'vitest';
import { FaultTable } from '../../../src/client/route/fault-table.ts';

describe('FaultTable', () => {
  it('avoids longer with each failure and forgets them at a success', () => {
    const faults = new FaultTable();
    faults.failed('a', 'unreachable', 0);
    expect(faults.isAvoided('a', 99)).toBe(true);
    expect(faults.isAvoided('a', 100)).toBe(false);
    faults.failed('a', 'unreachable', 100);
    expect(faults.freeAtMs('a')).toBe(300);
    faults.succeeded('a');
    expect(faults.empty).toBe(true);
    faults.failed('a', 'unreachable', 1_000);
    expect(faults.freeAtMs('a')).toBe(1_100);
  });

  it('counts failures that come together as one', () => {
    const faults = new FaultTable();
    for (let count = 0; count < 1_000; count++) faults.failed('a', 'not-serving', 5);
    expect(faults.freeAtMs('a')).toBe(25);
  });
});
