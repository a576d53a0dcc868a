import type { Operation, Value } from './history.ts';

/** What a step leads to; undefined = the model could not have answered so in this state. */
export type StepResult<State> = { readonly state: State } | undefined;

/**
 * A sequential specification of what stands under one key. States are compared with `===`, so a model interns those that are objects.
 * `step` must not change the state that it receives.
 */
export type Model<State> = {
  readonly initial: State;
  /** An operation whose outcome is unknown may have any result. */
  step(state: State, operation: Operation): StepResult<State>;
  /**
   * Drops what cannot matter and completes what the rest of the history tells. Receives one key's operations that are not `fail`; the
   * answer must be linearizable if and only if they are.
   */
  prepare(operations: readonly Operation[]): Operation[];
  /** An acknowledged operation that no order can explain, because it saw what nobody wrote; found without a search. */
  unexplained(operations: readonly Operation[]): Operation | undefined;
  /**
   * Unknown operations with the same class are interchangeable for every other operation: the search takes them in the order of their
   * calls. undefined = in a class of its own.
   */
  classOf(operation: Operation): string | undefined;
};

/** What a register holds, and how many acknowledged operations that saw exactly this content are still to come. */
type RegisterState = { readonly value: Value; readonly sightings: number };

/**
 * A register with `write`, `read` and `cas`, empty (null) at first. A content that was there only once may not be replaced before all who saw
 * it had their turn: this cuts most of the search where written values are unique. One model judges one key: its states are not shared.
 */
export function createRegisterModel(): Model<RegisterState> {
  const states = new Map<Value | undefined, RegisterState[]>();
  const sightings = new Map<Value | undefined, number>();
  const sources = new Map<Value | undefined, number>([[null, 1]]);

  function stateOf(value: Value, left: number): RegisterState {
    const known = states.get(value) ?? [];
    states.set(value, known);
    known[left] ??= { value, sightings: left };
    return known[left];
  }

  /** What a register is after a value came into it; contents that may come twice are not counted. */
  function fresh(value: Value): RegisterState {
    return stateOf(value, sources.get(value) === 1 ? (sightings.get(value) ?? 0) : 0);
  }

  return {
    get initial() {
      return fresh(null);
    },

    step(state, operation) {
      const { op, result, expected, value, outcome } = operation;
      if (op === 'write') return state.sightings > 0 ? undefined : { state: fresh(value!) };
      const left = Math.max(0, state.sightings - 1);
      if (op === 'read') return result === state.value ? { state: stateOf(state.value, left) } : undefined;
      const done = state.value === expected;
      if (outcome === 'ok' && result !== done) return undefined;
      if (!done) return { state };
      return (outcome === 'ok' ? left : state.sightings) > 0 ? undefined : { state: fresh(value!) };
    },

    prepare(operations) {
      // An unknown write that nobody saw may be taken to have never happened, unless a cas found something else than it expected.
      const seen = new Set<Value | undefined>();
      let mismatch = false;
      for (const { op, outcome, result, expected, value } of operations) {
        if (op === 'read' && outcome === 'ok') seen.add(result as Value);
        if (op === 'cas') seen.add(expected);
        if (op === 'cas' && result === false) mismatch = true;
        if (op !== 'read') sources.set(value, (sources.get(value) ?? 0) + 1);
        const saw = sawExactly({ op, outcome, result, expected });
        if (saw !== undefined) sightings.set(saw, (sightings.get(saw) ?? 0) + 1);
      }
      const matters = ({ op, outcome, value }: Operation) =>
        outcome === 'ok' || (op === 'write' ? mismatch || seen.has(value) : op === 'cas');
      return operations.filter(matters);
    },

    unexplained: (operations) =>
      operations.find((operation) => {
        const saw = sawExactly(operation);
        return saw !== undefined && !sources.has(saw);
      }),

    classOf: ({ op, value }) => (op === 'write' ? `write ${typeof value} ${value}` : undefined),
  };
}

/** The content that an acknowledged operation certainly found in the register; undefined = it does not say. */
function sawExactly(operation: Pick<Operation, 'op' | 'outcome' | 'result' | 'expected'>): Value | undefined {
  const { op, outcome, result, expected } = operation;
  if (outcome !== 'ok') return undefined;
  if (op === 'read') return result as Value;
  return op === 'cas' && result === true ? expected : undefined;
}

/** A log's content as a path of one tree, so that equal contents are the same object. */
type LogState = {
  readonly length: number;
  readonly value: string;
  readonly before: LogState | undefined;
  readonly next: Map<string, LogState>;
};

/** Stands for every value that nobody read. Starts with a character that no message key has. */
const unread = '\u0000';

/**
 * A log with `append` (answers its offset), `read` at an offset (answers the value, or null beyond the end) and `max` (answers the next
 * offset). One model judges one key: its states are not shared.
 */
export function createLogModel(): Model<LogState> {
  const read = new Set<string>();
  const known = new Map<number, string>();
  const initial: LogState = { length: 0, value: '', before: undefined, next: new Map() };
  const contentOf = (operation: Operation) => (read.has(String(operation.value)) ? String(operation.value) : unread);

  return {
    initial,

    step(state, operation) {
      const { op, result } = operation;
      if (op === 'append') {
        if (result !== undefined && result !== state.length) return undefined;
        // A place never changes what it holds, so what is seen there at any time rules out everything else now.
        if ((known.get(state.length) ?? operation.value) !== operation.value) return undefined;
        return { state: grow(state, contentOf(operation)) };
      }
      if (op === 'max') return result === state.length ? { state } : undefined;
      return valueAt(state, operation.offset!) === result ? { state } : undefined;
    },

    prepare(operations) {
      const found = new Map<string, Operation | undefined>();
      const sends = new Map<Operation['value'], number>();
      for (const operation of operations) {
        if (operation.op === 'append') {
          sends.set(operation.value, (sends.get(operation.value) ?? 0) + 1);
          if (typeof operation.result === 'number') known.set(operation.result, String(operation.value));
        }
        if (operation.op !== 'read' || operation.outcome !== 'ok' || typeof operation.result !== 'string') continue;
        read.add(operation.result);
        known.set(operation.offset!, operation.result);
        const earlier = found.get(operation.result);
        const unique = earlier === undefined ? !found.has(operation.result) : earlier.offset === operation.offset;
        found.set(operation.result, unique ? operation : undefined);
      }
      // An append without a known offset has the one at which its value was read, if that is the only possibility.
      const placed = (operation: Operation) => {
        if (operation.op !== 'append' || operation.result !== undefined) return operation;
        const at = sends.get(operation.value) === 1 ? found.get(String(operation.value)) : undefined;
        return at === undefined ? operation : { ...operation, result: at.offset };
      };
      return operations.filter(({ op, outcome }) => outcome === 'ok' || op === 'append').map(placed);
    },

    unexplained(operations) {
      const sent = new Set(operations.filter(({ op }) => op === 'append').map(({ value }) => String(value)));
      return operations.find(({ op, result }) => op === 'read' && typeof result === 'string' && !sent.has(result));
    },

    classOf: (operation) =>
      operation.op === 'append' && operation.result === undefined ? contentOf(operation) : undefined,
  };
}

function grow(state: LogState, value: string): LogState {
  let next = state.next.get(value);
  if (next === undefined) {
    next = { length: state.length + 1, value, before: state, next: new Map() };
    state.next.set(value, next);
  }
  return next;
}

function valueAt(state: LogState, offset: number): string | null {
  let at: LogState | undefined = state;
  while (at !== undefined && at.length > offset + 1) at = at.before;
  return at !== undefined && at.length === offset + 1 ? at.value : null;
}
