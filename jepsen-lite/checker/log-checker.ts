import type { History, Operation } from './history.ts';
import { OrderSweep } from './order-sweep.ts';
import { findPollBreaks, findSendBreaks, type ProcessOrderAnomaly, type ProcessOrderBreak } from './poll-order.ts';
import { indexQueues, isDelivery, type QueueFacts, type QueueIndex } from './queue-index.ts';
import { Findings, type Verdict } from './verdict.ts';

/**
 * `lost-write`: acknowledged at or below the highest offset read, and never read. `unseen`: acknowledged above it (or without a known
 * place), and never read. `aborted-read` (G1a): read, though the send certainly failed. `inconsistent-offsets`: two values at one place.
 * `duplicate`: one value at more places than it was sent. `consume-order`: a consumer group came to an offset first after a higher one.
 */
export type LogAnomaly =
  | ProcessOrderAnomaly
  | 'lost-write'
  | 'unseen'
  | 'aborted-read'
  | 'inconsistent-offsets'
  | 'duplicate'
  | 'consume-order';

/** Settings of the log checker. */
export type LogCheckerOptions = {
  /** As for the total queue: may a send that does not say how many attempts it took leave more than one copy? */
  readonly duplicates: 'forbidden' | 'told';
  /** The consumer group of a process that must consume in order; undefined = the process promises no order. Missing = nobody does. */
  readonly orderedGroupOf?: (process: number) => string | undefined;
  /** As for `checkConsumption`. What retention removed from one member and another still held, a group may come to late. */
  readonly removedNs?: (key: string, offset: number) => number | undefined;
};

type LogFindings = Findings<LogAnomaly>;

/**
 * Judges queues as logs: what is where, and in which order it is sent, read and consumed. The anomalies are those of
 * `jepsen.tests.kafka`, whose offsets are RocketMQ's queue offsets.
 */
export function checkLog(history: History, options: LogCheckerOptions): Verdict<LogAnomaly> {
  const operations = history.operationsByCall();
  const index = indexQueues(operations);
  const findings = new Findings<LogAnomaly>();
  if (!history.drained) findings.doubt('the drain did not finish, so unread messages may still be there');
  for (const queue of index.queues.values()) reportConflicts(findings, queue);
  for (const [value, sends] of index.sends) judgeValue(findings, value, sends, index, history.drained, options);
  for (const found of findPollBreaks(operations, index)) reportBreak(findings, found);
  for (const found of findSendBreaks(history, operations)) reportBreak(findings, found);
  if (options.orderedGroupOf !== undefined) judgeConsumeOrder(findings, history, operations, options);
  const examined = operations.filter((operation) => operation.op === 'append' || isDelivery(operation)).length;
  return findings.verdict('log', examined);
}

function reportConflicts(findings: LogFindings, queue: QueueFacts): void {
  for (const { value, by } of queue.conflicts) {
    const offset = by.op === 'append' ? (by.result as number) : by.offset!;
    const first = queue.at.get(offset)!;
    const text = `${value} (${by.op} by client ${by.process}) stands where ${first.value} (${first.by.op} by client ${first.by.process}) does`;
    const values = [first.value, value];
    findings.add('inconsistent-offsets', by.callNs, text, { key: queue.key, offset, values, node: by.node });
  }
}

/** Judges what became of one value. */
function judgeValue(
  findings: LogFindings,
  value: string,
  sends: readonly Operation[],
  index: QueueIndex,
  drained: boolean,
  options: LogCheckerOptions,
): void {
  const reads = index.reads.get(value) ?? [];
  const attempts = sends.filter((send) => send.outcome !== 'fail');
  if (attempts.length === 0 && reads.length > 0) {
    const [read] = reads as [Operation];
    const text = `${value} was read, but its send had failed (${sends[0]!.error})`;
    const place = { key: read.key, offset: read.offset, node: read.node, values: [value] };
    findings.add('aborted-read', read.callNs, text, place);
  }
  for (const send of attempts) if (send.outcome === 'ok') judgeAcknowledged(findings, value, send, index, drained);
  const places = new Set(reads.map((read) => `${read.key}@${read.offset}`));
  for (const send of attempts) if (typeof send.result === 'number') places.add(`${send.key}@${send.result}`);
  const requests = attempts.reduce((sum, send) => sum + (send.attempts ?? 1), 0);
  if (places.size > Math.max(1, requests)) {
    const [first] = [...reads, ...attempts] as [Operation];
    const text = `${value} was sent ${requests} time(s), but is at ${[...places].join(', ')}`;
    const fatal = options.duplicates === 'forbidden' || attempts.every((send) => send.attempts !== undefined);
    const details = { key: first.key, values: [value], node: first.node, fatal };
    findings.add('duplicate', first.callNs, text, details);
  }
}

/** An acknowledged send must be read at its place, or anywhere if the client learned no place. */
function judgeAcknowledged(
  findings: LogFindings,
  value: string,
  send: Operation,
  index: QueueIndex,
  drained: boolean,
): void {
  const offset = typeof send.result === 'number' ? send.result : undefined;
  const queue = index.queues.get(send.key);
  const isHere = (read: Operation) => read.key === send.key && read.offset === offset;
  const reads = index.reads.get(value) ?? [];
  if (offset === undefined ? reads.length > 0 : reads.some(isHere)) return;
  const passed = offset !== undefined && queue !== undefined && offset <= queue.highestRead;
  const upTo = passed ? `, though offset ${queue.highestRead} was` : '';
  const text = `${value} was acknowledged to client ${send.process}, but ${drained ? 'never' : 'not yet'} read${upTo}`;
  const place = { key: send.key, offset, node: send.node, values: [value], fatal: drained };
  findings.add(passed ? 'lost-write' : 'unseen', send.returnNs ?? send.callNs, text, place);
}

function reportBreak(findings: LogFindings, found: ProcessOrderBreak): void {
  const { anomaly, operation, previous, skipped } = found;
  const placeOf = (of: Operation) => (of.op === 'append' ? (of.result as number) : of.offset!);
  const verb = operation.op === 'append' ? 'was given' : 'read';
  const over = skipped === undefined ? '' : `, over ${skipped}`;
  const text = `client ${operation.process} ${verb} offset ${placeOf(operation)} after ${placeOf(previous)}${over}`;
  const values = [String(operation.value ?? operation.result)];
  const place = { key: operation.key, offset: placeOf(operation), node: operation.node, values };
  findings.add(anomaly, operation.callNs, text, place);
}

/** In an ordered group each offset's first delivery comes after those of all lower ones; two that overlap in time prove nothing. */
function judgeConsumeOrder(
  findings: LogFindings,
  history: History,
  operations: readonly Operation[],
  { orderedGroupOf, removedNs }: LogCheckerOptions,
): void {
  const firsts = new Map<string, Map<number, Operation>>();
  for (const operation of operations) {
    const group = isDelivery(operation) ? orderedGroupOf?.(operation.process) : undefined;
    if (group === undefined || removedNs?.(operation.key, operation.offset!) !== undefined) continue;
    const queue = JSON.stringify([group, operation.key]);
    const seen = firsts.get(queue) ?? new Map<number, Operation>();
    firsts.set(queue, seen);
    if (!seen.has(operation.offset!)) seen.set(operation.offset!, operation);
  }
  for (const seen of firsts.values()) {
    const sweep = new OrderSweep();
    for (const [offset, { id, callNs, returnNs }] of seen) sweep.add(id, callNs, returnNs, offset + 1, offset);
    for (const found of sweep.findBreaks()) {
      const [earlier, later] = [history.operation(found.earlier), history.operation(found.later)];
      const text = `client ${later.process} came to offset ${later.offset} first after client ${earlier.process} had had ${earlier.offset}`;
      const place = { key: later.key, offset: later.offset, node: later.node, values: [String(later.result)] };
      findings.add('consume-order', later.callNs, text, place);
    }
  }
}
