import { updateConsumerOffset } from '../../protocol/command/update-consumer-offset.ts';
import { FLAG_ONEWAY } from '../../protocol/remoting-command.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import { ensureGroup } from '../group/ensure-group.ts';
import type { BrokerParts } from '../parts.ts';
import { replyRefused, replyWhenCommitted } from './refusal.ts';
import { typed } from './typed.ts';

/** Stores a group's offset: a request that wants an answer gets it when the offset is committed (promise 9). */
export function updateConsumerOffsetProcessor(parts: BrokerParts): RequestHandler {
  return typed(updateConsumerOffset, (context, request) => {
    const { topic, consumerGroup, queueId, commitOffset } = request;
    if (parts.state.topics.get(topic) === undefined) {
      context.reply(ResponseCode.TOPIC_NOT_EXIST, `Topic ${topic} not exist!`);
      return;
    }
    if (ensureGroup(parts, consumerGroup) === undefined) {
      context.reply(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, `Group ${consumerGroup} not exist!`);
      return;
    }
    if (queueId < 0 || queueId > MAX_QUEUE_ID || commitOffset < 0) {
      const text = `UPDATE_CONSUMER_OFFSET: queueId ${queueId} or commitOffset ${commitOffset} is out of range`;
      context.reply(ResponseCode.SYSTEM_ERROR, text);
      return;
    }
    if (parts.resets.get(consumerGroup, topic, queueId) !== undefined) {
      context.reply(ResponseCode.SUCCESS, 'Offset has been previously reset');
      return;
    }
    if ((context.command.flag & FLAG_ONEWAY) !== 0) {
      parts.offsetBatch.update(consumerGroup, topic, queueId, commitOffset);
      return;
    }
    const row = { group: consumerGroup, topic, queueId, offset: commitOffset };
    const answer = replyWhenCommitted(context);
    parts.offsetBatch.updateAndWait(row, (outcome) => {
      if (typeof outcome === 'string') answer(outcome);
      else replyRefused(context, outcome);
    });
  });
}

/** Highest queue id that a topic can have: a wild one must not blow up the table. */
export const MAX_QUEUE_ID = 65_535;
