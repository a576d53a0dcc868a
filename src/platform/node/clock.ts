import type { Clock } from '../ports.ts';

/** The machine's clocks. */
export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  localHour: () => new Date().getHours(),
};
