import { expect, test } from 'vitest';
import { History } from '../../../jepsen-lite/checker/history.ts';
import { restateHistory } from '../../../jepsen-lite/checker/restate-history.ts';

function told(): History {
  const history = new History();
  history.drained = true;
  for (const [n, value] of ['kept', 'late', 'lost'].entries()) {
    const id = history.invoke(n, 'append', 'T/0', value, n, 'n0');
    history.setAttempts(id, n + 1);
    history.ok(id, 10 + n, n);
  }
  history.fail(history.invoke(3, 'append', '?', 'refused', 20, ''), 21, 'full');
  history.info(history.invoke(4, 'append', '?', 'unknown', 22, ''), 23, 'timeout');
  history.invoke(5, 'append', '?', 'open', 24, '');
  history.consumes(6, 'readers');
  history.poll(6, 'T/0', 'n1', 30, 31, [{ offset: 0, value: 'kept' }]);
  history.assigned(6, 'T/0', 32);
  history.ok(history.invokeCas(7, 'register', 1, 2, 33, ''), 34, true);
  return history;
}

test('an answer that is as it was told leaves the history as it is', () => {
  const history = told();
  const copy = restateHistory(history, () => 'as-told');
  expect([...copy.operations()]).toEqual([...history.operations()]);
  expect([copy.drained, copy.consumerGroupOf(6)]).toEqual([true, 'readers']);
});

test('an answer is taken to be later, or unknown; nothing but answers is asked for', () => {
  const asked: unknown[] = [];
  const copy = restateHistory(told(), (operation) => {
    asked.push(operation.value ?? operation.op);
    if (operation.value === 'late') return { atNs: 15 };
    return operation.value === 'lost' ? { unknown: 'gone' } : 'as-told';
  });
  expect(asked).toEqual(['kept', 'late', 'lost', 'read', 'assign', 2]);
  const [kept, late, lost] = [...copy.operations()];
  expect(kept).toMatchObject({ outcome: 'ok', returnNs: 10, result: 0 });
  expect(late).toMatchObject({ outcome: 'ok', returnNs: 15, result: 1 });
  expect(lost).toMatchObject({ outcome: 'info', returnNs: undefined, endNs: 12, error: 'gone', attempts: 3 });
  expect(restateHistory(told(), () => ({ atNs: 1 })).operation(0).returnNs).toBe(10);
});

test('a read is left out, and who read may go on from anywhere', () => {
  const copy = restateHistory(told(), ({ op, offset }) => (op === 'read' && offset === 0 ? 'left-out' : 'as-told'));
  const of6 = [...copy.operations()].filter(({ process }) => process === 6);
  expect(of6.map(({ op, key }) => [op, key])).toEqual([
    ['assign', 'T/0'],
    ['assign', 'T/0'],
  ]);
  expect(copy.consumerGroupOf(6)).toBe('readers');
});
