import { Version } from '../../protocol/codes.ts';
import type { SendMessageRequest } from '../../protocol/command/send-message.ts';
import { PropertyName, removeProperty } from '../../protocol/message/properties.ts';
import type { RequestContext } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { groupTopic } from '../topic/auto-create.ts';
import { createTopic } from '../topic/ensure-topic.ts';
import { DLQ_PREFIX, RETRY_PREFIX } from '../topic/system-topics.ts';

/**
 * A message that a consumer sends to its retry topic once too often goes to the group's dead-letter queue instead
 * (SendMessageProcessor.handleRetryAndDLQ). Any other request comes back as it is.
 */
export function deadLetterRequest(
  parts: BrokerParts,
  context: RequestContext,
  request: SendMessageRequest,
): SendMessageRequest {
  if (!request.topic.startsWith(RETRY_PREFIX)) return request;
  const group = request.topic.slice(RETRY_PREFIX.length);
  const fromHeader = context.command.version >= Version.V3_4_9 ? request.maxReconsumeTimes : undefined;
  const maxTimes = fromHeader ?? parts.state.groups.get(group)?.retryMaxTimes ?? 16;
  if (request.reconsumeTimes < maxTimes) return request;
  const topic = DLQ_PREFIX + group;
  if (parts.state.topics.get(topic) === undefined) createTopic(parts, groupTopic(topic));
  const properties =
    request.properties === undefined ? undefined : removeProperty(request.properties, PropertyName.DELAY);
  return { ...request, topic, queueId: 0, properties };
}
