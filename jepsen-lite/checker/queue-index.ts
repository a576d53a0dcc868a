import { type Operation, unknownKey } from './history.ts';

/** A place in a queue that somebody saw a value at, and who saw it first. */
export type Sighting = { readonly value: string; readonly by: Operation };

/** All that a history says of one queue. */
export type QueueFacts = {
  readonly key: string;
  /** By offset: the first value that an acknowledged send or a read showed there. */
  readonly at: Map<number, Sighting>;
  /** Sightings of another value at an offset that had one already. */
  readonly conflicts: Sighting[];
  /** Values that were read, by offset; of several values at one offset only the first. */
  readonly read: Map<number, string>;
  highestRead: number;
  /** All known offsets, rising; made by `indexQueues` at the end. */
  offsets: readonly number[];
};

/** What a history says of its queues and of each value in them. */
export type QueueIndex = {
  readonly queues: ReadonlyMap<string, QueueFacts>;
  /** The reads by value, one for each place, and the sends by value. */
  readonly reads: ReadonlyMap<string, readonly Operation[]>;
  readonly sends: ReadonlyMap<string, readonly Operation[]>;
};

/** Whether the operation brought a message from a queue. */
export function isDelivery(operation: Operation): boolean {
  const { op, offset, outcome, result } = operation;
  return op === 'read' && offset !== undefined && outcome === 'ok' && result !== null;
}

/** Whether the operation is an acknowledged send whose place the client learned. */
export function isPlacedSend(operation: Operation): boolean {
  const { op, outcome, result, key } = operation;
  return op === 'append' && outcome === 'ok' && typeof result === 'number' && key !== unknownKey;
}

/** Collects in one pass what the log checks ask for. */
export function indexQueues(operations: readonly Operation[]): QueueIndex {
  const queues = new Map<string, QueueFacts>();
  const reads = new Map<string, Operation[]>();
  const sends = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.op === 'append') addTo(sends, String(operation.value), operation);
    if (isPlacedSend(operation)) {
      see(queueOf(queues, operation.key), operation.result as number, String(operation.value), operation);
    } else if (isDelivery(operation)) {
      const queue = queueOf(queues, operation.key);
      const value = String(operation.result);
      const offset = operation.offset!;
      see(queue, offset, value, operation);
      if (queue.read.get(offset) !== value) addTo(reads, value, operation);
      if (!queue.read.has(offset)) queue.read.set(offset, value);
      queue.highestRead = Math.max(queue.highestRead, offset);
    }
  }
  for (const queue of queues.values()) queue.offsets = [...queue.at.keys()].sort((a, b) => a - b);
  return { queues, reads, sends };
}

function addTo(map: Map<string, Operation[]>, value: string, operation: Operation): void {
  const list = map.get(value);
  if (list === undefined) map.set(value, [operation]);
  else list.push(operation);
}

function queueOf(queues: Map<string, QueueFacts>, key: string): QueueFacts {
  let queue = queues.get(key);
  if (queue === undefined) {
    queue = { key, at: new Map(), conflicts: [], read: new Map(), highestRead: -1, offsets: [] };
    queues.set(key, queue);
  }
  return queue;
}

function see(queue: QueueFacts, offset: number, value: string, by: Operation): void {
  const known = queue.at.get(offset);
  if (known === undefined) queue.at.set(offset, { value, by });
  else if (known.value !== value) queue.conflicts.push({ value, by });
}

/** The lowest known offset strictly between two, which who went from one to the other jumped over; undefined = nothing is known there. */
export function knownBetween(queue: QueueFacts, after: number, before: number): number | undefined {
  let low = 0;
  let high = queue.offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (queue.offsets[middle]! <= after) low = middle + 1;
    else high = middle;
  }
  const found = queue.offsets[low];
  return found !== undefined && found < before ? found : undefined;
}
