import { javaHashCode } from '../../protocol/message/tags.ts';
import { formatQueue, type MessageQueue } from '../message-queue.ts';
import type { FaultTable } from '../route/fault-table.ts';
import type { KnownSlaves } from '../route/known-slaves.ts';
import type { TopicRoute } from '../route/topic-route.ts';

/** Chooses a queue out of those that can be written to; it must return one of them. */
export type QueueSelector = (queues: readonly MessageQueue[]) => MessageQueue;

/** What the caller wants the queue to be: any, one it names, one it selects, or the same one for equal keys. */
export interface QueueWish {
  readonly queue?: MessageQueue | undefined;
  readonly selector?: QueueSelector | undefined;
  readonly key?: string | undefined;
}

/**
 * Goes round the queues of a topic, leaving out those whose broker group failed lately while another has not. `turn` is a counter that
 * the caller raises with every message.
 */
export function nextQueue(
  route: TopicRoute,
  turn: number,
  faults: FaultTable,
  nowMs: number,
  lastBroker: string | undefined,
  slaves: KnownSlaves,
): MessageQueue | undefined {
  const queues = route.sendQueues;
  const first = queues[turn % queues.length];
  if (first === undefined || (faults.empty && slaves.empty && first.brokerName !== lastBroker)) return first;
  const isAvoided = (brokerName: string): boolean => isGroupAvoided(route, brokerName, faults, slaves, nowMs);
  let other: MessageQueue | undefined;
  for (let step = 0; step < queues.length; step++) {
    const queue = queues[(turn + step) % queues.length] as MessageQueue;
    if (queue.brokerName === lastBroker) continue;
    other ??= queue;
    if (!isAvoided(queue.brokerName)) return queue;
  }
  return lastBroker === undefined || isAvoided(lastBroker) ? (other ?? first) : first;
}

/** Asks a selector that the caller gave; returns a sentence if it threw or did not return one of the queues. */
export function selectQueue(queues: readonly MessageQueue[], selector: QueueSelector): MessageQueue | string {
  let chosen: MessageQueue | undefined;
  try {
    chosen = selector(queues);
  } catch (error) {
    return `the queue selector threw: ${String(error)}`;
  }
  if (typeof chosen !== 'object' || chosen === null) {
    return `the queue selector returned ${String(chosen)}; it must return one of the queues that it was given`;
  }
  const { topic, brokerName, queueId } = chosen;
  const isGiven = queues.some(
    (each) => each.queueId === queueId && each.brokerName === brokerName && each.topic === topic,
  );
  if (isGiven) return chosen;
  return `the queue selector returned ${formatQueue(chosen)}, which is none of the queues that it was given`;
}

/** The queue that a key stands for: the same one as long as the number of queues stays the same (String.hashCode modulo the number). */
export function queueOfKey(queues: readonly MessageQueue[], key: string): MessageQueue | undefined {
  return queues[Math.abs(javaHashCode(key)) % queues.length];
}

/** A group is avoided while its master is; one without a master while all of its members are, or take no messages. */
function isGroupAvoided(
  route: TopicRoute,
  brokerName: string,
  faults: FaultTable,
  slaves: KnownSlaves,
  nowMs: number,
): boolean {
  const master = route.master(brokerName);
  if (master !== undefined) return faults.isAvoided(master.address, nowMs);
  const members = route.groups.get(brokerName)?.members ?? [];
  return members.every((member) => faults.isAvoided(member.address, nowMs) || !slaves.takesSends(member, nowMs));
}
