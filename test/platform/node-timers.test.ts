import { expect, test } from 'vitest';
import { NodeTimers } from '../../src/platform/node/timers.ts';

test('the end of a turn runs in order; what is registered meanwhile belongs to the next one', async () => {
  const timers = new NodeTimers();
  const seen: string[] = [];
  await new Promise<void>((resolve) => {
    timers.endOfTurn(() => {
      seen.push('first');
      timers.endOfTurn(() => {
        seen.push('next turn');
        resolve();
      });
    });
    timers.endOfTurn(() => seen.push('second'));
    setImmediate(() => seen.push('between'));
    seen.push('now');
  });
  expect(seen).toEqual(['now', 'first', 'second', 'between', 'next turn']);
});

test('what is last in a turn runs behind its end, and behind what that adds', async () => {
  const timers = new NodeTimers();
  const seen: string[] = [];
  await new Promise<void>((resolve) => {
    timers.lastInTurn(() => {
      seen.push('output');
      timers.lastInTurn(() => {
        seen.push('output of the next turn');
        resolve();
      });
    });
    timers.endOfTurn(() => {
      seen.push('turn');
      timers.lastInTurn(() => seen.push('output of the turn'));
      timers.endOfTurn(() => seen.push('next turn'));
    });
    setImmediate(() => seen.push('between'));
  });
  expect(seen).toEqual(['turn', 'output', 'output of the turn', 'between', 'next turn', 'output of the next turn']);
});

test('a callback that throws does not take the others with it', async () => {
  const timers = new NodeTimers();
  const seen: string[] = [];
  const thrown = new Promise<unknown>((resolve) => {
    const [vitestListener] = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      if (vitestListener !== undefined) process.on('uncaughtException', vitestListener);
      resolve(error);
    });
  });
  const rest = new Promise<void>((resolve) => {
    timers.endOfTurn(() => {
      throw new Error('planted');
    });
    timers.endOfTurn(() => seen.push('second'));
    timers.endOfTurn(resolve);
  });
  expect(String(await thrown)).toContain('planted');
  await rest;
  expect(seen).toEqual(['second']);
});

test('a delay beyond what the engine can hold does not fire at once', async () => {
  const timers = new NodeTimers();
  let fired = false;
  const timer = timers.after(2 ** 40, () => {
    fired = true;
  });
  await new Promise<void>((resolve) => void timers.after(5, resolve));
  timers.cancel(timer);
  expect(fired).toBe(false);
});
