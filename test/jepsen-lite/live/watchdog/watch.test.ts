import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Undo } from '../../../../jepsen-lite/live/watchdog/undo.ts';
import { type Order, watch } from '../../../../jepsen-lite/live/watchdog/watch.ts';

const remove = (path: string): Undo => ({ kind: 'remove', path });

async function watched(orders: readonly Order[], fails = '') {
  const input = new PassThrough();
  const output = new PassThrough();
  const undone: string[] = [];
  const journal: string[] = [];
  const ended = watch({
    input,
    output,
    perform: async (undo) => {
      const { path } = undo as { path: string };
      if (path === fails) throw new Error('it is busy');
      undone.push(path);
    },
    journal: (line) => journal.push(line),
  });
  for (const order of orders) input.write(`${JSON.stringify(order)}\n`);
  input.end();
  await ended;
  return { undone, journal, noted: String(output.read() ?? '') };
}

test('undoes what is left when the run ends, the latest first', async () => {
  const { undone, journal, noted } = await watched([
    { add: 1, undo: remove('a') },
    { add: 2, undo: remove('b') },
    { add: 3, undo: remove('c') },
    { drop: 2 },
  ]);
  expect(undone).toEqual(['c', 'a']);
  expect(journal).toEqual(['undone: remove c', 'undone: remove a']);
  expect(noted).toBe('{"noted":1}\n{"noted":2}\n{"noted":3}\n');
});

test('goes on behind what cannot be undone, and says so', async () => {
  const { undone, journal } = await watched(
    [
      { add: 1, undo: remove('a') },
      { add: 2, undo: remove('b') },
    ],
    'b',
  );
  expect(undone).toEqual(['a']);
  expect(journal[0]).toBe('not undone: remove b: it is busy');
});
