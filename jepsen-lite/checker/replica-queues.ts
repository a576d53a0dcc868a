import type { ReplicaAnomaly } from './replica-checker.ts';
import type { ReplicaMessage, ReplicaQueue, ReplicaState } from './replica-state.ts';
import type { Findings } from './verdict.ts';

/** Compares a replica's ConsumeQueues with the committed part of its own log, in both directions. */
export function judgeQueues(findings: Findings<ReplicaAnomaly>, state: ReplicaState): void {
  const logged = messagesByQueue(state);
  const queues = new Map(state.queues.map((queue) => [queue.key, queue]));
  const firstPosition = state.entries[0]?.position ?? 0;
  for (const [key, messages] of logged) judgeLogged(findings, state, queues.get(key), messages);
  for (const queue of state.queues) judgeUnits(findings, state, queue, logged.get(queue.key), firstPosition);
}

function messagesByQueue(state: ReplicaState): Map<string, Map<number, ReplicaMessage>> {
  const queues = new Map<string, Map<number, ReplicaMessage>>();
  for (const entry of state.entries) {
    if (entry.index > state.commitIndex) break;
    for (const message of entry.messages) {
      const queue = queues.get(message.key) ?? new Map<number, ReplicaMessage>();
      queues.set(message.key, queue.set(message.offset, message));
    }
  }
  return queues;
}

/** What is committed must be in its queue, at its offset, without gaps between offsets. */
function judgeLogged(
  findings: Findings<ReplicaAnomaly>,
  state: ReplicaState,
  queue: ReplicaQueue | undefined,
  messages: ReadonlyMap<number, ReplicaMessage>,
): void {
  const { node, timeNs } = state;
  let expected: number | undefined;
  for (const { key, offset, position, byteLength } of messages.values()) {
    const place = { key, offset, node };
    if (expected !== undefined && offset !== expected) {
      findings.add('queue-gap', timeNs, `${node}'s log gives offset ${offset} where ${expected} is due`, place);
    }
    expected = offset + 1;
    const unit = queue?.units[offset - queue.firstOffset];
    if (unit === undefined) {
      findings.add('queue-missing', timeNs, `${node}'s queue lacks the record at position ${position}`, place);
    } else if (unit.position !== position || unit.byteLength !== byteLength) {
      const text = `${node}'s queue names position ${unit.position} (${unit.byteLength} bytes), the record is at ${position} (${byteLength} bytes)`;
      findings.add('queue-mismatch', timeNs, text, place);
    }
  }
}

/** Every unit must name a committed record; those below the log's first kept position are left from before retention. */
function judgeUnits(
  findings: Findings<ReplicaAnomaly>,
  state: ReplicaState,
  queue: ReplicaQueue,
  messages: ReadonlyMap<number, ReplicaMessage> | undefined,
  firstPosition: number,
): void {
  const { node, timeNs } = state;
  for (const [at, { position }] of queue.units.entries()) {
    const offset = queue.firstOffset + at;
    if (position < firstPosition || messages?.has(offset)) continue;
    const text = `${node}'s queue shows position ${position}, which is no committed record of it`;
    findings.add('queue-extra', timeNs, text, { key: queue.key, offset, node });
  }
}
