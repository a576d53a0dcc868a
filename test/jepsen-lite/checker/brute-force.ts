import type { History, Operation, Value } from '../../../jepsen-lite/checker/history.ts';

/** Applies one operation to a state; undefined = it cannot have answered so. States are not changed. */
type Apply<State> = (state: State, operation: Operation) => State | undefined;

/** A register as simply as can be. Wrapped, because null is a state. */
export const applyToRegister: Apply<{ value: Value }> = ({ value }, { op, outcome, result, expected, value: next }) => {
  if (op === 'write') return { value: next! };
  if (op === 'read') return outcome !== 'ok' || result === value ? { value } : undefined;
  const done = value === expected;
  if (outcome === 'ok' && result !== done) return undefined;
  return { value: done ? next! : value };
};

/** A log as simply as can be. */
export const applyToLog: Apply<readonly string[]> = (log, { op, outcome, result, offset, value }) => {
  if (op === 'append') return result === undefined || result === log.length ? [...log, String(value)] : undefined;
  if (outcome !== 'ok') return log;
  return result === (op === 'max' ? log.length : (log[offset!] ?? null)) ? log : undefined;
};

/** Tries every order of every choice of unknown operations. Only for a handful of operations on one key. */
export function isLinearizable<State>(history: History, initial: State, apply: Apply<State>): boolean {
  const operations = [...history.operations()].filter(({ outcome }) => outcome !== 'fail');
  const tryFrom = (state: State, left: readonly Operation[]): boolean => {
    if (left.every(({ outcome }) => outcome === 'info')) return true;
    return left.some((operation) => {
      const isFirst = left.every((other) => (other.returnNs ?? Number.POSITIVE_INFINITY) >= operation.callNs);
      const next = isFirst ? apply(state, operation) : undefined;
      return (
        next !== undefined &&
        tryFrom(
          next,
          left.filter((other) => other !== operation),
        )
      );
    });
  };
  return tryFrom(initial, operations);
}
