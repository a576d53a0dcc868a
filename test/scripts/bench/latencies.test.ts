import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Latencies } from '../../../scripts/bench/load/latencies.ts';

describe('Latencies', () => {
  it('tells percentiles that are at most 1.6 % (and a microsecond) too high and never too low', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50_000_000 }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.5, 0.9, 0.99, 0.999, 1),
        (microseconds, part) => {
          const latencies = new Latencies();
          for (const us of microseconds) latencies.add(us / 1000);
          const sorted = [...microseconds].sort((a, b) => a - b);
          const exact = sorted[Math.ceil(sorted.length * part) - 1]! / 1000;
          const told = latencies.percentile(part);
          expect(told).toBeGreaterThanOrEqual(exact);
          expect(told).toBeLessThanOrEqual(exact * 1.016 + 0.001);
        },
      ),
    );
  });

  it('is empty after clear', () => {
    const latencies = new Latencies();
    latencies.add(3);
    latencies.clear();
    expect([latencies.count, latencies.percentile(0.99)]).toEqual([0, 0]);
  });

  it('counts what is endless as a minute', () => {
    const latencies = new Latencies();
    latencies.add(Number.POSITIVE_INFINITY);
    expect(latencies.percentile(0.5)).toBeGreaterThanOrEqual(60_000);
  });
});
