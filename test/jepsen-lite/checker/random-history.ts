import fc from 'fast-check';
import {
  History,
  type OperationName,
  type Outcome,
  type Result,
  type Value,
} from '../../../jepsen-lite/checker/history.ts';

/** One operation before it is recorded, so that tests may change it. */
export type Draft = {
  process: number;
  op: OperationName;
  key: string;
  callNs: number;
  returnNs: number;
  outcome: Outcome;
  value?: Value;
  expected?: Value;
  offset?: number;
  result?: Result | undefined;
  group?: number;
};

/** Records drafts in the order of their calls. */
export function recordDrafts(drafts: readonly Draft[], drained: boolean): History {
  const history = new History();
  history.drained = drained;
  for (const draft of [...drafts].sort((a, b) => a.callNs - b.callNs)) {
    const { process, op, key, callNs, returnNs, outcome, value, expected, offset, result, group } = draft;
    const id =
      op === 'cas'
        ? history.invokeCas(process, key, expected!, value!, callNs, '')
        : offset !== undefined
          ? history.invokeRead(process, key, offset, callNs, '')
          : history.invoke(process, op, key, value, callNs, '');
    if (group !== undefined) history.setGroup(id, group);
    if (outcome === 'ok') history.ok(id, returnNs, result);
    else if (outcome === 'fail') history.fail(id, returnNs, 'code-14');
    else history.info(id, returnNs, 'timeout');
  }
  return history;
}

/** How one operation of a correct run goes: who, where, what, how far its call and return lie from its effect, and how it ends. */
const step = fc.record({
  process: fc.nat(3),
  key: fc.constantFrom('q/0', 'q/1'),
  kind: fc.constantFrom('append', 'append', 'append', 'read', 'max', 'poll'),
  before: fc.nat(25),
  after: fc.nat(25),
  pick: fc.nat(1000),
  fate: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'fail', 'lost answer', 'lost request', 'queue not learned'),
});

/**
 * Drafts of a run of a correct log under random overlaps: every operation takes effect at one moment between its call and its return,
 * ten nanoseconds after the one before. Processes 0 to 3 send, 10 to 13 poll in order, 20
 * drains, those from 1000 on read one place. Messages are called m0, m1, ...
 */
export function correctLog(maxLength: number): fc.Arbitrary<Draft[]> {
  return fc.array(step, { minLength: 1, maxLength, size: 'max' }).map((steps) => {
    const queues = new Map<string, string[]>([
      ['q/0', []],
      ['q/1', []],
    ]);
    const positions = new Map<string, number>();
    const drafts: Draft[] = [];
    for (const [at, { process, key, kind, before, after, pick, fate }] of steps.entries()) {
      const point = 100 + at * 10;
      const log = queues.get(key)!;
      const base = { process, key, callNs: point - before, returnNs: point + after };
      if (kind === 'append') drafts.push(appendDraft(base, log, `m${at}`, fate));
      else if (kind === 'max') drafts.push({ ...base, op: 'max', outcome: 'ok', result: log.length });
      else if (kind === 'read') {
        const offset = pick % (log.length + 1);
        // A process of its own: for one that reads in order this would be a jump.
        drafts.push({ ...base, process: 1000 + at, op: 'read', outcome: 'ok', offset, result: log[offset] ?? null });
      } else drafts.push(...pollDrafts(process + 10, key, point, log, positions, 1 + (pick % 5)));
    }
    const end = 1000 + steps.length * 10;
    for (const [key, log] of queues) drafts.push(...pollDrafts(20, key, end, log, positions, log.length));
    return drafts;
  });
}

type Base = Pick<Draft, 'process' | 'key' | 'callNs' | 'returnNs'>;

function appendDraft(base: Base, log: string[], value: string, fate: string): Draft {
  const offset = log.length;
  if (fate !== 'fail' && fate !== 'lost request') log.push(value);
  const draft = { ...base, op: 'append', value } as const;
  if (fate === 'fail') return { ...draft, outcome: 'fail' };
  if (fate === 'queue not learned') return { ...draft, key: '?', outcome: 'info' };
  return fate === 'ok' ? { ...draft, outcome: 'ok', result: offset } : { ...draft, outcome: 'info' };
}

function pollDrafts(
  process: number,
  key: string,
  point: number,
  log: readonly string[],
  positions: Map<string, number>,
  count: number,
): Draft[] {
  const reader = `${process} ${key}`;
  const from = positions.get(reader) ?? 0;
  const messages = log.slice(from, from + count);
  positions.set(reader, from + messages.length);
  const read = { process, key, callNs: point, returnNs: point, op: 'read', outcome: 'ok', group: point } as const;
  return messages.map((result, at) => ({ ...read, offset: from + at, result }));
}

const registerStep = fc.record({
  process: fc.nat(3),
  key: fc.constantFrom('r', 's'),
  kind: fc.constantFrom('write', 'read', 'read', 'cas'),
  value: fc.constantFrom('a', 'b', 'c'),
  expected: fc.constantFrom('a', 'b', 'c', null),
  before: fc.nat(25),
  after: fc.nat(25),
  fate: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'fail', 'lost answer', 'lost request'),
});

/** Drafts of a run of correct registers under random overlaps. */
export function correctRegisters(maxLength: number): fc.Arbitrary<Draft[]> {
  return fc.array(registerStep, { minLength: 1, maxLength, size: 'max' }).map((steps) => {
    const registers = new Map<string, Value>();
    return steps.map(({ process, key, kind, value, expected, before, after, fate }, at): Draft => {
      const point = 100 + at * 10;
      const outcome: Outcome = fate === 'ok' || fate === 'fail' ? fate : 'info';
      const base = { process, key, callNs: point - before, returnNs: point + after, outcome };
      const state = registers.get(key) ?? null;
      const happens = fate === 'ok' || fate === 'lost answer';
      if (kind === 'read') return { ...base, op: 'read', result: state };
      if (kind === 'write') {
        if (happens) registers.set(key, value);
        return { ...base, op: 'write', value };
      }
      if (happens && state === expected) registers.set(key, value);
      return { ...base, op: 'cas', expected, value, result: state === expected };
    });
  });
}

/** A short history of one key in which anything may be answered at any time. */
function arbitraryDrafts(answers: fc.Arbitrary<Pick<Draft, 'op'> & Partial<Draft>>, maxLength: number) {
  const times = fc.record({
    process: fc.nat(3),
    callNs: fc.nat(12),
    duration: fc.nat(8),
    outcome: fc.constantFrom<Outcome>('ok', 'ok', 'ok', 'info', 'fail'),
  });
  return fc.array(fc.tuple(times, answers), { minLength: 1, maxLength }).map((list) =>
    list.map(
      ([{ process, callNs, duration, outcome }, answer]): Draft => ({
        process,
        callNs,
        returnNs: callNs + duration,
        outcome,
        key: 'k',
        ...answer,
      }),
    ),
  );
}

const value = fc.constantFrom('a', 'b', 'c');
const registerValue = fc.constantFrom('a', 'b', 'c', null);

/** Short histories of one register, right or wrong. */
export const arbitraryRegister = (maxLength: number): fc.Arbitrary<Draft[]> =>
  arbitraryDrafts(
    fc.oneof(
      fc.record({ op: fc.constant('write' as const), value }),
      fc.record({ op: fc.constant('read' as const), result: registerValue }),
      fc.record({ op: fc.constant('cas' as const), expected: registerValue, value, result: fc.boolean() }),
    ),
    maxLength,
  );

/** Short histories of one queue, right or wrong; some appends have the same value, some no answered offset, some no queue. */
export const arbitraryLog = (maxLength: number): fc.Arbitrary<Draft[]> => {
  const message = fc.constantFrom('a', 'b', 'c', 'd');
  return arbitraryDrafts(
    fc.oneof(
      fc.record({
        op: fc.constant('append' as const),
        value: message,
        result: fc.constantFrom(0, 0, 1, 1, 2, undefined),
        key: fc.constantFrom('k', 'k', 'k', '?'),
      }),
      fc.record({ op: fc.constant('read' as const), offset: fc.nat(2), result: fc.option(message) }),
      fc.record({ op: fc.constant('max' as const), result: fc.nat(3) }),
    ),
    maxLength,
  ).map((drafts) => drafts.map((draft) => (draft.key === '?' ? { ...draft, outcome: 'info' as const } : draft)));
};
