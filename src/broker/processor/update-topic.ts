import { type UpdateTopicRequest, updateTopic } from '../../protocol/command/update-topic.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { topicNameProblem } from '../topic/system-topics.ts';
import { alterAttributes } from '../topic/topic-attributes.ts';
import { type TopicConfig, topicConfig } from '../topic/topic-config.ts';
import { replyRefused, replyWhenCommitted } from './refusal.ts';
import { typed } from './typed.ts';
import { MAX_QUEUE_ID } from './update-consumer-offset.ts';

/** Creates or changes a topic; answered when the change is committed. */
export function updateTopicProcessor(parts: BrokerParts): RequestHandler {
  const { state, mastership, journal, platform } = parts;
  return typed(updateTopic, (context, request) => {
    const wanted = wantedTopic(parts, request);
    if (typeof wanted === 'string') {
      context.reply(ResponseCode.INVALID_PARAMETER, wanted);
      return;
    }
    const dataVersion = state.topics.nextVersion(mastership.epoch, platform.clock.nowMs());
    const changes = [{ type: 'topic-put', config: wanted, dataVersion }] as const;
    const refusal = journal.append(changes, replyWhenCommitted(context));
    if (refusal !== undefined) replyRefused(context, refusal);
  });
}

/** The topic as it will be, or what is wrong with the request. */
function wantedTopic({ state }: BrokerParts, request: UpdateTopicRequest): TopicConfig | string {
  const { topic, readQueueNums, writeQueueNums, perm } = request;
  const problem = topicNameProblem(topic);
  if (problem !== undefined) return problem;
  if (state.topics.isSystem(topic)) return `The topic[${topic}] is conflict with system topic.`;
  for (const queues of [readQueueNums, writeQueueNums]) {
    if (queues < 0 || queues > MAX_QUEUE_ID + 1) {
      return `topic[${topic}]: ${queues} queues are not possible; allowed are 0 to ${MAX_QUEUE_ID + 1}`;
    }
  }
  if (perm < 0 || perm > 7) return `topic[${topic}]: perm=${perm} is not a sum of 4 (read), 2 (write) and 1 (inherit)`;
  const attributes = alterAttributes(state.topics.get(topic)?.attributes ?? {}, request.attributes ?? '');
  if (typeof attributes === 'string') return attributes;
  const { topicFilterType, topicSysFlag, order } = request;
  return topicConfig(topic, {
    readQueueNums,
    writeQueueNums,
    perm,
    topicFilterType,
    topicSysFlag: topicSysFlag ?? 0,
    order,
    attributes,
  });
}
