import type { Operation } from './history.ts';
import { isDelivery } from './queue-index.ts';

/** A transaction of the run: several operations with one number, one poll, or one operation alone. */
export type Transaction = {
  /** The first operation of it by call. */
  readonly first: Operation;
  readonly values: string[];
  acknowledged: boolean;
};

export type DependencyKind = 'ww' | 'wr' | 'rw';

/** `to` came after `from`, as the queue's offset shows. */
export type Dependency = {
  readonly from: number;
  readonly to: number;
  readonly kind: DependencyKind;
  readonly key: string;
  readonly offset: number;
};

/** What depends on what; and what dependencies cannot show: reads of rolled-back writes, and committed writes that nobody read. */
export type Dependencies = {
  readonly transactions: readonly Transaction[];
  readonly dependencies: readonly Dependency[];
  readonly aborted: readonly { readonly read: Operation; readonly write: Operation }[];
  readonly hidden: readonly Operation[];
};

type Numbered = { readonly operation: Operation; readonly transaction: number };

/** The versions of one queue: who wrote what is at each offset. */
type Versions = Map<number, number>;

/** Reads the dependencies of a history out of its offsets. A write whose offset no answer gave has the one at which it was read. */
export function buildDependencies(operations: readonly Operation[]): Dependencies {
  const { numbered, transactions } = numberTransactions(operations);
  const writes = new Map<string, Numbered>();
  for (const one of numbered) {
    const { op, outcome, value } = one.operation;
    const known = op === 'append' ? writes.get(String(value)) : undefined;
    if (op === 'append' && (known === undefined || (known.operation.outcome === 'fail' && outcome !== 'fail')))
      writes.set(String(value), one);
  }
  const deliveries = numbered.filter(({ operation }) => isDelivery(operation));
  const read = new Set(deliveries.map(({ operation }) => String(operation.result)));
  const queues = collectVersions(numbered, deliveries, writes);
  const aborted = deliveries.flatMap(({ operation }) => {
    const write = writes.get(String(operation.result))?.operation;
    return write?.outcome === 'fail' ? [{ read: operation, write }] : [];
  });
  const hidden = numbered
    .filter(({ operation: { op, outcome, value } }) => op === 'append' && outcome === 'ok' && !read.has(String(value)))
    .map(({ operation }) => operation);
  const dependencies = [...queues].flatMap(([key, versions]) => orderOfWrites(key, versions));
  addReads(dependencies, numbered, queues);
  return { transactions, dependencies, aborted, hidden };
}

function numberTransactions(operations: readonly Operation[]) {
  const numbers = new Map<number, number>();
  const transactions: Transaction[] = [];
  const numbered: Numbered[] = [];
  for (const operation of operations) {
    if (operation.op !== 'append' && operation.op !== 'read' && operation.op !== 'max') continue;
    const group = operation.op === 'read' ? operation.group : 0;
    // Transactions are counted upwards and polls downwards, so that the two never meet.
    const name = operation.transaction !== 0 ? operation.transaction : -group;
    const number = (name === 0 ? undefined : numbers.get(name)) ?? transactions.length;
    if (number === transactions.length) {
      transactions.push({ first: operation, values: [], acknowledged: false });
      if (name !== 0) numbers.set(name, number);
    }
    const transaction = transactions[number]!;
    if (operation.op === 'append') transaction.values.push(String(operation.value));
    if (operation.outcome === 'ok') transaction.acknowledged = true;
    numbered.push({ operation, transaction: number });
  }
  return { numbered, transactions };
}

/** How reports call a transaction. */
export function nameOf({ first: { transaction, group, op, id, process } }: Transaction): string {
  if (transaction !== 0) return `T${transaction}`;
  return group !== 0 && op === 'read' ? `poll ${group} of client ${process}` : `${op} ${id} of client ${process}`;
}

function collectVersions(
  numbered: readonly Numbered[],
  deliveries: readonly Numbered[],
  writes: ReadonlyMap<string, Numbered>,
): ReadonlyMap<string, Versions> {
  const queues = new Map<string, Versions>();
  const place = (key: string, offset: number, writer: number) => {
    const versions = queues.get(key) ?? new Map<number, number>();
    queues.set(key, versions);
    if (!versions.has(offset)) versions.set(offset, writer);
  };
  for (const { operation, transaction } of numbered) {
    const { op, outcome, result, key } = operation;
    if (op === 'append' && outcome === 'ok' && typeof result === 'number') place(key, result, transaction);
  }
  for (const { operation } of deliveries) {
    const write = writes.get(String(operation.result));
    if (write !== undefined) place(operation.key, operation.offset!, write.transaction);
  }
  return new Map([...queues].map(([key, versions]) => [key, new Map([...versions].sort(([a], [b]) => a - b))]));
}

/** ww: each write comes after the one below it. */
function orderOfWrites(key: string, versions: Versions): Dependency[] {
  const order: Dependency[] = [];
  let below: number | undefined;
  for (const [offset, writer] of versions) {
    if (below !== undefined && below !== writer) order.push({ from: below, to: writer, kind: 'ww', key, offset });
    below = writer;
  }
  return order;
}

/**
 * wr: a reader comes after the writer. rw: who saw the queue end at an offset comes before who wrote there. A poll that merely stopped
 * before the end shows nothing: it was full.
 */
function addReads(
  dependencies: Dependency[],
  numbered: readonly Numbered[],
  queues: ReadonlyMap<string, Versions>,
): void {
  const offsets = new Map([...queues].map(([key, versions]) => [key, [...versions.keys()]]));
  for (const { operation, transaction } of numbered) {
    const { op, key, outcome, result } = operation;
    const versions = queues.get(key);
    if (op === 'append' || outcome !== 'ok' || versions === undefined) continue;
    const sawEnd = op === 'max' || result === null;
    const offset = sawEnd ? nextKnown(offsets.get(key)!, op === 'max' ? result : operation.offset) : operation.offset;
    const writer = offset === undefined ? undefined : versions.get(offset);
    if (offset === undefined || writer === undefined || writer === transaction) continue;
    if (sawEnd) dependencies.push({ from: transaction, to: writer, kind: 'rw', key, offset });
    else dependencies.push({ from: writer, to: transaction, kind: 'wr', key, offset });
  }
}

/** The lowest of the rising offsets that is not below `from`. */
function nextKnown(offsets: readonly number[], from: unknown): number | undefined {
  if (typeof from !== 'number') return undefined;
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return offsets[low];
}
