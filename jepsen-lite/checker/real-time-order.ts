import { type History, type Operation, unknownKey } from './history.ts';
import { OrderSweep } from './order-sweep.ts';
import { isDelivery } from './queue-index.ts';
import { Findings, type Verdict } from './verdict.ts';

/**
 * `reordered`: an append that began after the queue was known to be longer got a lower place. `stale-max`: the next offset was answered
 * too low. `stale-read`: a read said "the queue ends before" of an offset that was certainly taken.
 */
export type RealTimeOrderAnomaly = 'reordered' | 'stale-max' | 'stale-read';

/**
 * Judges every queue as a log that only grows: if A was acknowledged before B was sent, then offset(A) < offset(B). Sends of unknown
 * outcome take part with the offset at which they were read. The necessary and cheap half of linearizability of a log, which its offsets
 * make decidable without a search (Herlihy & Wing 1990, section 2.3; Golab, Li & Shah 2011 for the idea of zones): O(n log n).
 */
export function checkRealTimeOrder(history: History): Verdict<RealTimeOrderAnomaly> {
  const places = placesOfUnknownSends(history);
  const queues = new Map<string, OrderSweep>();
  let examined = 0;
  for (const operation of history.operations()) {
    const open = operation.op === 'append' && operation.outcome === 'info';
    const place = open ? places.get(String(operation.value)) : undefined;
    if (place === undefined && !saysLength(operation)) continue;
    examined += 1;
    const key = place?.key ?? operation.key;
    let queue = queues.get(key);
    if (queue === undefined) {
      queue = new OrderSweep();
      queues.set(key, queue);
    }
    if (place === undefined) addLength(queue, operation);
    else queue.add(operation.id, operation.callNs, undefined, 0, place.offset);
  }
  const findings = new Findings<RealTimeOrderAnomaly>();
  for (const [key, queue] of queues) {
    for (const { earlier, later } of queue.findBreaks()) {
      report(findings, key, history.operation(earlier), history.operation(later), places);
    }
  }
  return findings.verdict('real-time-order', examined);
}

/** Where messages whose sends have an unknown outcome were read, by value; those sent twice are left out, for which send it was is open. */
function placesOfUnknownSends(history: History): Map<string, Operation> {
  const open = new Map<string, number>();
  for (const { op, outcome, value, id } of history.operations()) {
    if (op === 'append' && outcome === 'info') open.set(String(value), id);
  }
  const places = new Map<string, Operation>();
  for (const operation of history.operations()) {
    const { op, outcome, id } = operation;
    if (op === 'append' && outcome !== 'fail') {
      const value = String(operation.value);
      const other = open.get(value);
      if (other !== undefined && other !== id) open.set(value, -1);
    } else if (isDelivery(operation)) {
      const value = String(operation.result);
      if (open.has(value) && !places.has(value)) places.set(value, operation);
    }
  }
  for (const [value, id] of open) if (id === -1) places.delete(value);
  return places;
}

/** Whether the operation was answered with something that the queue's length decides. */
function saysLength({ op, outcome, result, key, offset }: Operation): boolean {
  if (outcome !== 'ok' || key === unknownKey) return false;
  return op === 'read' ? offset !== undefined : (op === 'append' || op === 'max') && typeof result === 'number';
}

function addLength(queue: OrderSweep, { id, op, callNs, returnNs, result, offset }: Operation): void {
  if (op === 'append') queue.add(id, callNs, returnNs, (result as number) + 1, result as number);
  else if (op === 'max') queue.add(id, callNs, returnNs, result as number, result as number);
  else if (result === null) queue.add(id, callNs, returnNs, 0, offset);
  else queue.add(id, callNs, returnNs, offset! + 1, undefined);
}

const anomalies = { append: 'reordered', max: 'stale-max', read: 'stale-read' } as const;

function report(
  findings: Findings<RealTimeOrderAnomaly>,
  key: string,
  earlier: Operation,
  later: Operation,
  places: ReadonlyMap<string, Operation>,
): void {
  const offset = offsetOf(later, places);
  const anomaly = anomalies[later.op as keyof typeof anomalies];
  const text = `${describe(later, offset)} began after ${describe(earlier, offsetOf(earlier, places))} had returned`;
  const values = [later.value ?? later.result, earlier.value ?? earlier.result].filter((v) => typeof v === 'string');
  findings.add(anomaly, later.callNs, text, { key, offset, node: later.node, values });
}

function offsetOf(operation: Operation, places: ReadonlyMap<string, Operation>): number | undefined {
  if (operation.offset !== undefined) return operation.offset;
  if (typeof operation.result === 'number') return operation.result;
  return places.get(String(operation.value))?.offset;
}

function describe(operation: Operation, offset: number | undefined): string {
  const value = operation.value === undefined ? '' : ` of ${operation.value}`;
  return `the ${operation.op}${value} at ${offset} by client ${operation.process}`;
}
