import { resetOffsetBody } from '../../protocol/body/reset-offset-body.ts';
import { type ResetOffsetRequest, resetOffset } from '../../protocol/command/reset-offset.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext, RequestHandler } from '../../remoting/request-context.ts';
import { afterAll } from '../after-all.ts';
import type { QueueProgress } from '../offset/offset-table.ts';
import type { BrokerParts } from '../parts.ts';
import { replyRefused, replyWhenCommitted } from './refusal.ts';
import { typed } from './typed.ts';

/**
 * Moves a group to a time or an offset (AdminBrokerProcessor.resetOffset, server side): the stored offsets change, and live consumers are
 * moved by their next pull. Answered when it is committed.
 */
export function resetOffsetProcessor(parts: BrokerParts): RequestHandler {
  const { state } = parts;
  return typed(resetOffset, (context, request) => {
    const { topic, group } = request;
    const known = state.topics.get(topic);
    if (known === undefined) {
      context.reply(ResponseCode.TOPIC_NOT_EXIST, `Topic ${topic} does not exist`);
      return;
    }
    if (state.groups.get(group) === undefined) {
      context.reply(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, `Group ${group} does not exist`);
      return;
    }
    const all = Array.from({ length: known.readQueueNums }, (_, queueId) => queueId);
    const queues = request.queueId >= 0 ? all.filter((queueId) => queueId === request.queueId) : all;
    afterAll(
      queues,
      (queueId, done: (offset: number | string) => void) => wantedOffset(parts, request, queueId, done),
      (offsets) => reset(parts, context, request, queues, offsets),
    );
  });
}

/** Where a queue is to be read from, or why it cannot be. */
function wantedOffset(
  { store, state }: BrokerParts,
  { topic, group, offset, timestamp, isForce }: ResetOffsetRequest,
  queueId: number,
  done: (offset: number | string) => void,
): void {
  const [min, max] = [store.minOffset(topic, queueId), store.maxOffset(topic, queueId)];
  if (offset !== undefined && offset >= 0) {
    const fits = offset >= min && offset <= max;
    done(fits ? offset : `offset ${offset} of queue ${queueId} is not between ${min} and ${max}`);
    return;
  }
  const move = (found: number): void => {
    const current = state.offsets.get(group, topic, queueId);
    done(isForce || current === undefined || found < current ? found : current);
  };
  if (timestamp < 0) move(max);
  else store.offsetByTime(topic, queueId, timestamp, 'lower', move);
}

function reset(
  { config, journal, resets, holds }: BrokerParts,
  context: RequestContext,
  { topic, group }: ResetOffsetRequest,
  queues: readonly number[],
  offsets: readonly (number | string)[],
): void {
  const problem = offsets.find((offset) => typeof offset === 'string');
  if (problem !== undefined || queues.length === 0) {
    context.reply(ResponseCode.SYSTEM_ERROR, String(problem ?? `topic ${topic} has no such queue`));
    return;
  }
  const rows = queues.map((queueId, at): QueueProgress => ({ group, topic, queueId, offset: Number(offsets[at]) }));
  const answer = replyWhenCommitted(context);
  const refusal = journal.append([{ type: 'offsets-put', offsets: rows }], (outcome) => {
    if (outcome !== 'committed') {
      answer(outcome);
      return;
    }
    for (const { queueId, offset } of rows) {
      resets.set(group, topic, queueId, offset);
      // Who waits for messages of this queue looks again, and finds that it was moved.
      holds.messagesArrived(topic, queueId, Number.MAX_SAFE_INTEGER, undefined);
    }
    const table = rows.map(
      ({ queueId, offset }) => [{ brokerName: config.brokerName, queueId, topic }, offset] as const,
    );
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [resetOffsetBody.encode({ offsetTable: table })]);
  });
  if (refusal !== undefined) replyRefused(context, refusal);
}
