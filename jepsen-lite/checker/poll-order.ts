import type { History, Operation } from './history.ts';
import { OrderSweep } from './order-sweep.ts';
import { isDelivery, isPlacedSend, knownBetween, type QueueFacts, type QueueIndex } from './queue-index.ts';

/** Breaks of the order in which one process reads or sends; `internal` = inside one poll or batch. */
export type ProcessOrderAnomaly =
  | 'nonmonotonic-poll'
  | 'skipped-poll'
  | 'internal-nonmonotonic-poll'
  | 'internal-skipped-poll'
  | 'nonmonotonic-send'
  | 'internal-nonmonotonic-send';

/** `operation` came after `previous` and should not look like this; `skipped` = an offset that was jumped over. */
export type ProcessOrderBreak = {
  readonly anomaly: ProcessOrderAnomaly;
  readonly operation: Operation;
  readonly previous: Operation;
  readonly skipped: number | undefined;
};

/** Checks that each process reads each queue upwards and without a gap, until it is assigned anew. `operations` by call time. */
export function findPollBreaks(operations: readonly Operation[], index: QueueIndex): ProcessOrderBreak[] {
  const latest = new Map<number, Map<string, Operation>>();
  const breaks: ProcessOrderBreak[] = [];
  for (const operation of operations) {
    const { process, key } = operation;
    if (operation.op === 'assign') latest.get(process)?.delete(key);
    if (!isDelivery(operation)) continue;
    let positions = latest.get(process);
    if (positions === undefined) {
      positions = new Map();
      latest.set(process, positions);
    }
    const previous = positions.get(key);
    positions.set(key, operation);
    const found = previous && pollBreak(previous, operation, index.queues.get(key)!);
    if (found !== undefined) breaks.push(found);
  }
  return breaks;
}

function pollBreak(previous: Operation, operation: Operation, queue: QueueFacts): ProcessOrderBreak | undefined {
  const internal = operation.group !== 0 && operation.group === previous.group;
  const from = previous.offset!;
  const to = operation.offset!;
  if (to <= from) {
    const anomaly = internal ? 'internal-nonmonotonic-poll' : 'nonmonotonic-poll';
    return { anomaly, operation, previous, skipped: undefined };
  }
  const skipped = to === from + 1 ? undefined : knownBetween(queue, from, to);
  if (skipped === undefined) return undefined;
  return { anomaly: internal ? 'internal-skipped-poll' : 'skipped-poll', operation, previous, skipped };
}

/** Checks that the sends of one process to one queue got rising offsets: in one batch, and when one began after the other's answer. */
export function findSendBreaks(history: History, operations: readonly Operation[]): ProcessOrderBreak[] {
  const senders = new Map<string, OrderSweep>();
  const latest = new Map<string, Operation>();
  const breaks: ProcessOrderBreak[] = [];
  for (const operation of operations) {
    if (!isPlacedSend(operation)) continue;
    const sender = `${operation.process} ${operation.key}`;
    const offset = operation.result as number;
    let sweep = senders.get(sender);
    if (sweep === undefined) {
      sweep = new OrderSweep();
      senders.set(sender, sweep);
    }
    sweep.add(operation.id, operation.callNs, operation.returnNs, offset + 1, offset);
    const previous = latest.get(sender);
    latest.set(sender, operation);
    const together = previous !== undefined && operation.group !== 0 && operation.group === previous.group;
    if (together && offset <= (previous.result as number)) {
      breaks.push({ anomaly: 'internal-nonmonotonic-send', operation, previous, skipped: undefined });
    }
  }
  for (const sweep of senders.values()) {
    for (const { earlier, later } of sweep.findBreaks()) {
      const [previous, operation] = [history.operation(earlier), history.operation(later)];
      breaks.push({ anomaly: 'nonmonotonic-send', operation, previous, skipped: undefined });
    }
  }
  return breaks;
}
