import type { Engine } from '../sim/event-loop.ts';

/** Node's queues: behind the microtasks and `process.nextTick` no promise has anything left to do; `setImmediate` lets the world in. */
export const nodeEngine: Engine = {
  drain: (step) => queueMicrotask(() => process.nextTick(step)),
  breathe: (step) => {
    setImmediate(step);
  },
};
