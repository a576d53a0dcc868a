import { describe, expect, it } from 'vitest';
import { TickClock } from '../../../raft/driver/tick-clock.ts';

describe('ticks by a clock', () => {
  it('are one for each call that comes in time', () => {
    const clock = new TickClock(10, 150, 0);
    const due = Array.from({ length: 50 }, (_, i) => clock.due((i + 1) * 10));
    expect(due).toEqual(new Array(50).fill(1));
  });

  it('make up for calls that came late or not at all, a few at once', () => {
    const clock = new TickClock(10, 150, 0);
    expect([100, 110, 120, 130, 140, 150, 160].map((at) => clock.due(at))).toEqual([3, 3, 3, 3, 2, 1, 1]);
  });

  it('are as many as time has passed where every call is late', () => {
    const clock = new TickClock(10, 150, 0);
    let ticks = 0;
    let at = 0;
    for (let call = 0; call < 1000; call++) {
      at += 10 + (call % 7);
      ticks += clock.due(at);
    }
    expect(Math.abs(ticks - at / 10)).toBeLessThan(2);
  });

  it('do not make up for more than an election takes', () => {
    const clock = new TickClock(10, 150, 0);
    let ticks = 0;
    for (let at = 60_000; at < 62_000; at += 10) ticks += clock.due(at);
    expect(ticks).toBe(150 + 199);
  });
});
