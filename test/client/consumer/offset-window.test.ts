import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffsetWindow } from '../../../src/client/consumer/offset-window.ts';

describe('OffsetWindow', () => {
  it('never lets an offset be committed above an unfinished one, and lets all be committed in the end', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3_000 });
    fc.assert(
      fc.property(gaps, fc.infiniteStream(fc.nat()), (steps, chance) => {
        const window = new OffsetWindow(10);
        let offset = 9;
        const pending: number[] = [];
        for (const step of steps) {
          offset += step;
          expect(window.add(offset, 7)).toBe(true);
          pending.push(offset);
        }
        while (pending.length > 0) {
          const [picked] = pending.splice((chance.next().value as number) % pending.length, 1);
          expect(window.finish(picked as number)).toBe(true);
          expect(window.finish(picked as number)).toBe(false);
          expect(window.committable).toBe(pending.length === 0 ? offset + 1 : Math.min(...pending));
          expect(window.unfinished).toBe(pending.length);
          expect(window.unfinishedBytes).toBe(pending.length * 7);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('passes over what the broker filtered out', () => {
    const window = new OffsetWindow(5);
    window.advance(8);
    expect(window.committable).toBe(8);
    window.add(8, 1);
    window.advance(20);
    expect(window.committable).toBe(8);
    window.finish(8);
    expect(window.committable).toBe(20);
  });

  it('leaves out a message that comes twice', () => {
    const window = new OffsetWindow(0);
    expect(window.add(0, 1)).toBe(true);
    expect(window.add(0, 1)).toBe(false);
    expect(window.unfinished).toBe(1);
  });
});
