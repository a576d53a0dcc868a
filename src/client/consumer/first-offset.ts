import { getMaxOffset } from '../../protocol/command/get-max-offset.ts';
import { getMinOffset } from '../../protocol/command/get-min-offset.ts';
import { searchOffsetByTimestamp } from '../../protocol/command/search-offset-by-timestamp.ts';
import type { ClientSession } from '../client-session.ts';
import { ClientError } from '../errors.ts';
import type { MessageQueue } from '../message-queue.ts';
import { askGroup } from './ask-group.ts';

/** Where a group that never consumed a queue begins: at its first message, after its last one, or at a wall time in milliseconds. */
export type ConsumeFrom = 'first' | 'last' | { readonly timestampMs: number };

/** Prefix of the topics through which failed messages come again. */
export const RETRY_PREFIX = '%RETRY%';

/**
 * The offset at which a group without stored progress begins (RebalancePushImpl.computePullFromWhere). Messages that come again are
 * consumed from the first one on, except for a group that begins at a time.
 */
export async function firstOffset(session: ClientSession, queue: MessageQueue, from: ConsumeFrom): Promise<number> {
  const isRetry = queue.topic.startsWith(RETRY_PREFIX);
  if (typeof from === 'object') {
    return isRetry ? maxOffset(session, queue) : searchOffset(session, queue, from.timestampMs);
  }
  return from === 'first' || isRetry ? minOffset(session, queue) : maxOffset(session, queue);
}

/** The offset that the next message of a queue will get. */
export async function maxOffset(session: ClientSession, queue: MessageQueue): Promise<number> {
  const { topic, queueId } = queue;
  const answer = await askGroup(session, getMaxOffset, queue, { topic, queueId, committed: true });
  return offsetOf(answer.header);
}

/** The offset of the oldest message that a queue holds. */
export async function minOffset(session: ClientSession, queue: MessageQueue): Promise<number> {
  const { topic, queueId } = queue;
  return offsetOf((await askGroup(session, getMinOffset, queue, { topic, queueId })).header);
}

/** The offset of the first message stored at or after a wall time. */
export async function searchOffset(session: ClientSession, queue: MessageQueue, timestamp: number): Promise<number> {
  const { topic, queueId } = queue;
  return offsetOf((await askGroup(session, searchOffsetByTimestamp, queue, { topic, queueId, timestamp })).header);
}

function offsetOf(header: { readonly offset: number } | undefined): number {
  if (header === undefined) throw new ClientError('bad-response', 'the broker answered without an offset');
  return header.offset;
}
