import { expect, test } from 'vitest';
import { History } from '../../../jepsen-lite/checker/history.ts';
import { judgeRun } from '../../../jepsen-lite/checker/judge-run.ts';
import { messageFigures } from '../../../jepsen-lite/live/chaos/chaos-report.ts';
import { checkReadBack, type ReadBack } from '../../../jepsen-lite/live/read-back.ts';

/** Messages a, b and c, acknowledged, and consumed under way. */
function history(): History {
  const made = new History();
  for (const [at, value] of ['a', 'b', 'c'].entries())
    made.ok(made.invoke(0, 'append', 'T/0', value, 2 * at, ''), 2 * at + 1, at);
  const polled = ['a', 'b', 'c'].map((value, offset) => ({ offset, value }));
  made.poll(1, 'T/0', 'group', 10, 11, polled);
  made.drained = true;
  return made;
}

function stored(start: number, ...values: string[]): ReadBack {
  const places = values.map((value, at) => [value, new Set([`T/0@${start + at}`])] as const);
  return { queues: new Map([['T/0', { start, end: 3 }]]), places: new Map(places) };
}

test('all that was acknowledged is there', () => {
  const verdict = checkReadBack(history(), stored(0, 'a', 'b', 'c'));
  expect(verdict).toMatchObject({ valid: true, counts: { examined: 3 } });
});

test('what consumers have read, and nobody can read any more, is lost, which no other checker sees', () => {
  const nothing = stored(3);
  const others = judgeRun({
    history: history(),
    consumed: { group: 'group', queues: nothing.queues },
    hasRegisters: false,
    replicas: undefined,
    availability: undefined,
  });
  expect(messageFigures(others).lost).toBe(0);
  const verdict = checkReadBack(history(), nothing);
  expect(verdict).toMatchObject({ valid: false, counts: { examined: 3, missing: 3, removed: 1 } });
  expect(messageFigures([...others, verdict]).lost).toBe(3);
});

test('a hole in a queue is a loss, and no history proves nothing', () => {
  expect(checkReadBack(history(), stored(0, 'a', 'b')).counts).toMatchObject({ missing: 1 });
  expect(checkReadBack(new History(), stored(0)).valid).toBe('unknown');
});
