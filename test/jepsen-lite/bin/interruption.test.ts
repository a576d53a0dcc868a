import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { type Interrupted, interruption } from '../../../jepsen-lite/bin/interruption.ts';

test('the second signal ends at once, but not the same one that npm hands on', () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const exits: unknown[] = [];
  const emitter = Object.assign(new EventEmitter(), { exit: (code: unknown) => exits.push(code) });
  let nowMs = 1_000;
  const signal = interruption(emitter as unknown as Interrupted, () => nowMs);
  expect(signal.aborted).toBe(false);
  emitter.emit('SIGINT');
  expect(signal.aborted).toBe(true);
  nowMs += 400;
  emitter.emit('SIGINT');
  expect(exits).toEqual([]);
  nowMs += 100;
  emitter.emit('SIGTERM');
  expect(exits).toEqual([3]);
  expect(told).toHaveBeenCalledTimes(1);
  told.mockRestore();
});
