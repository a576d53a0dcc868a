import { type History, type Operation, unknownKey } from './history.ts';
import { findOrderBreaks, type Interval } from './order-sweep.ts';
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
  const queues = new Map<string, Interval<Operation>[]>();
  let examined = 0;
  for (const operation of history.operations()) {
    const open = operation.op === 'append' && operation.outcome === 'info';
    const place = open ? places.get(String(operation.value)) : undefined;
    const interval = place === undefined ? intervalOf(operation) : intervalAt(operation, place.offset!);
    if (interval === undefined) continue;
    examined += 1;
    const key = place?.key ?? operation.key;
    const queue = queues.get(key);
    if (queue === undefined) queues.set(key, [interval]);
    else queue.push(interval);
  }
  const findings = new Findings<RealTimeOrderAnomaly>();
  for (const [key, intervals] of queues) {
    for (const { earlier, later } of findOrderBreaks(intervals)) report(findings, key, earlier, later, places);
  }
  return findings.verdict('real-time-order', examined);
}

/** Where messages whose sends have an unknown outcome were read, by value; those sent twice are left out, for which send it was is open. */
function placesOfUnknownSends(history: History): Map<string, Operation> {
  const sends = new Map<string, number>();
  for (const operation of history.operations()) {
    if (operation.op !== 'append' || operation.outcome === 'fail') continue;
    const value = String(operation.value);
    const open = operation.outcome === 'info' && !sends.has(value);
    sends.set(value, open ? 1 : 2);
  }
  const places = new Map<string, Operation>();
  for (const operation of history.operations()) {
    if (operation.op !== 'read' || operation.offset === undefined || operation.outcome !== 'ok') continue;
    const value = String(operation.result);
    if (operation.result !== null && sends.get(value) === 1 && !places.has(value)) places.set(value, operation);
  }
  return places;
}

function intervalAt(operation: Operation, offset: number): Interval<Operation> {
  return { of: operation, callNs: operation.callNs, returnNs: undefined, shows: 0, needs: offset };
}

/** What an acknowledged operation says of the queue's length. */
function intervalOf(operation: Operation): Interval<Operation> | undefined {
  const { op, callNs, returnNs, result, offset, key } = operation;
  if (operation.outcome !== 'ok' || key === unknownKey) return undefined;
  const times = { of: operation, callNs, returnNs };
  if (op === 'append' && typeof result === 'number') return { ...times, shows: result + 1, needs: result };
  if (op === 'max' && typeof result === 'number') return { ...times, shows: result, needs: result };
  if (op === 'read' && offset !== undefined) {
    return result === null ? { ...times, shows: 0, needs: offset } : { ...times, shows: offset + 1, needs: undefined };
  }
  return undefined;
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
