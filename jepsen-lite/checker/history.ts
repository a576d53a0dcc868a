import { assert } from '../../src/base/assert.ts';

/**
 * `append`: one message sent to a queue, result = its offset. `read` with an offset: one message taken from a queue, result = its value,
 * or null when the queue certainly ended before that offset. `max`: result = the queue's next offset. `read` without an offset, `write` and
 * `cas` speak to a register. `assign` is no request: from here on the process may read the queue from anywhere (rebalance, seek).
 */
export type OperationName = 'append' | 'read' | 'max' | 'write' | 'cas' | 'assign';

/** `ok`: acknowledged. `fail`: certainly did not happen and never will. `info`: unknown, may take effect at any later time. */
export type Outcome = 'ok' | 'fail' | 'info';

/** What a message or a register holds; null = an empty register. */
export type Value = string | number | null;

/** `read` answers a value, `append` and `max` an offset, `cas` whether it was done. */
export type Result = Value | boolean;

/** The key of an append whose queue the client did not learn. */
export const unknownKey = '?';

/** One request of one client, as a picture taken from the history: changing the history later does not change it. */
export type Operation = {
  readonly id: number;
  readonly process: number;
  /** The node that answered, or that was asked; '' = not known. */
  readonly node: string;
  readonly op: OperationName;
  /** `topic/queue` for queues, the register's name else, `?` = not learned. */
  readonly key: string;
  readonly callNs: number;
  /** When the answer came; undefined while open and for `info`: an unknown operation stays open for ever. */
  readonly returnNs: number | undefined;
  /** When the client stopped waiting, for `info` too; undefined = never. For figures only: order must not be taken from it. */
  readonly endNs: number | undefined;
  readonly value: Value | undefined;
  /** What a `cas` asks to find. */
  readonly expected: Value | undefined;
  /** Of a `read` from a queue. */
  readonly offset: number | undefined;
  readonly result: Result | undefined;
  readonly outcome: Outcome;
  /** The code or the reason of a failure; '' = none. */
  readonly error: string;
  /** Equal for the messages of one poll or one batch; 0 = alone. */
  readonly group: number;
  /** Equal for the operations of one transaction; 0 = none. */
  readonly transaction: number;
  /** Requests that the client sent inside this operation, which may each have left a copy; undefined = it does not tell. */
  readonly attempts: number | undefined;
};

/** What one poll brought. */
export type PolledMessage = { readonly offset: number; readonly value: string };

const outcomes: readonly Outcome[] = ['info', 'ok', 'fail'];
const openOutcome = 0;
const okOutcome = 1;
const failOutcome = 2;

/**
 * Everything that the clients of one run did, in the order in which it was recorded. Events `invoke`, `ok`, `fail` and `info` go in; an
 * operation is named by the number that `invoke` returned. Kept as columns, so that millions of operations cost no object each. Times are
 * integers in nanoseconds of one monotonic clock that all processes share.
 */
export class History {
  /** The workload sets this when, after the last send, every queue was read to its end. Without it nothing can be called lost. */
  drained = false;

  readonly #process: number[] = [];
  readonly #op: OperationName[] = [];
  readonly #key: string[] = [];
  readonly #node: string[] = [];
  readonly #callNs: number[] = [];
  readonly #endNs: number[] = [];
  readonly #value: (Value | undefined)[] = [];
  readonly #offset: number[] = [];
  readonly #result: (Result | undefined)[] = [];
  readonly #outcome: number[] = [];
  readonly #group: number[] = [];
  /** 0: not told. */
  readonly #attempts: number[] = [];
  readonly #error = new Map<number, string>();
  readonly #expected = new Map<number, Value>();
  readonly #transaction = new Map<number, number>();
  readonly #consumers = new Map<number, string>();
  #groups = 0;

  get size(): number {
    return this.#op.length;
  }

  /** Records that `process` began an `append` (value = message key), a `write` (value), a `max` or a `read` of a register (no value). */
  invoke(
    process: number,
    op: OperationName,
    key: string,
    value: Value | undefined,
    callNs: number,
    node: string,
  ): number {
    assert(Number.isSafeInteger(callNs), 'times are whole nanoseconds');
    const id = this.#op.length;
    this.#process.push(process);
    this.#op.push(op);
    this.#key.push(key);
    this.#node.push(node);
    this.#callNs.push(callNs);
    this.#endNs.push(-1);
    this.#value.push(value);
    this.#offset.push(-1);
    this.#result.push(undefined);
    this.#outcome.push(openOutcome);
    this.#group.push(0);
    this.#attempts.push(0);
    return id;
  }

  /** Records the beginning of a `read` of a queue at one offset. */
  invokeRead(process: number, key: string, offset: number, callNs: number, node: string): number {
    const id = this.invoke(process, 'read', key, undefined, callNs, node);
    this.#offset[id] = offset;
    return id;
  }

  /** Records the beginning of a `cas`: set the register to `value` if it holds `expected`. */
  invokeCas(process: number, key: string, expected: Value, value: Value, callNs: number, node: string): number {
    const id = this.invoke(process, 'cas', key, value, callNs, node);
    this.#expected.set(id, expected);
    return id;
  }

  /** The operation was acknowledged; an acknowledged append without a known offset has the result undefined. */
  ok(id: number, returnNs: number, result: Result | undefined): void {
    this.#end(id, okOutcome, returnNs);
    this.#result[id] = result;
  }

  /** The operation certainly did not happen, now or later. */
  fail(id: number, returnNs: number, error: string): void {
    this.#end(id, failOutcome, returnNs);
    this.#error.set(id, error);
  }

  /** The client stopped waiting and does not know. */
  info(id: number, endNs: number, error: string): void {
    this.#end(id, openOutcome, endNs);
    this.#error.set(id, error);
  }

  #end(id: number, outcome: number, endNs: number): void {
    assert(id >= 0 && id < this.#op.length, 'an operation ends after it began');
    assert(this.#endNs[id] === -1, 'an operation ends once');
    assert(Number.isSafeInteger(endNs) && endNs >= this.#callNs[id]!, 'an operation ends at or after its call');
    this.#outcome[id] = outcome;
    this.#endNs[id] = endNs;
  }

  /** Records what one poll of a queue brought: a `read` for each message, together one group. An empty poll leaves no trace. */
  poll(
    process: number,
    key: string,
    node: string,
    callNs: number,
    returnNs: number,
    messages: readonly PolledMessage[],
  ): void {
    const group = this.newGroup();
    for (const { offset, value } of messages) {
      const id = this.invokeRead(process, key, offset, callNs, node);
      this.#group[id] = group;
      this.ok(id, returnNs, value);
    }
  }

  /** Records that `process` may go on reading the queue from anywhere, because of a rebalance or a seek. */
  assigned(process: number, key: string, timeNs: number): void {
    this.ok(this.invoke(process, 'assign', key, undefined, timeNs, ''), timeNs, undefined);
  }

  /** What `process` reads, it consumes as a member of a consumer group. */
  consumes(process: number, group: string): void {
    this.#consumers.set(process, group);
  }

  /** The consumer group of a process; undefined if it belongs to none. */
  consumerGroupOf(process: number): string | undefined {
    return this.#consumers.get(process);
  }

  /** A number for the messages of one poll or batch. */
  newGroup(): number {
    this.#groups += 1;
    return this.#groups;
  }

  setGroup(id: number, group: number): void {
    this.#group[id] = group;
    this.#groups = Math.max(this.#groups, group);
  }

  /** The client told how many requests it sent inside this operation. */
  setAttempts(id: number, attempts: number): void {
    this.#attempts[id] = attempts;
  }

  setTransaction(id: number, transaction: number): void {
    this.#transaction.set(id, transaction);
  }

  /** The queue, once the client learned it. */
  setKey(id: number, key: string): void {
    this.#key[id] = key;
  }

  /** The node that answered, once the client learned it. */
  setNode(id: number, node: string): void {
    this.#node[id] = node;
  }

  operation(id: number): Operation {
    const offset = this.#offset[id]!;
    const endNs = this.#endNs[id]!;
    const outcome = this.#outcome[id]!;
    return {
      id,
      process: this.#process[id]!,
      node: this.#node[id]!,
      op: this.#op[id]!,
      key: this.#key[id]!,
      callNs: this.#callNs[id]!,
      returnNs: outcome === openOutcome ? undefined : endNs,
      endNs: endNs === -1 ? undefined : endNs,
      value: this.#value[id],
      expected: this.#expected.get(id),
      offset: offset === -1 ? undefined : offset,
      result: this.#result[id],
      outcome: outcomes[outcome]!,
      error: this.#error.get(id) ?? '',
      group: this.#group[id]!,
      transaction: this.#transaction.get(id) ?? 0,
      attempts: this.#attempts[id] || undefined,
    };
  }

  /** All operations in the order in which they were recorded. */
  *operations(): Generator<Operation, void, void> {
    for (let id = 0; id < this.size; id += 1) yield this.operation(id);
  }

  /** All operations by the time of their call; those of one time in the order in which they were recorded. */
  operationsByCall(): Operation[] {
    return [...this.operations()].sort((a, b) => a.callNs - b.callNs || a.id - b.id);
  }
}
