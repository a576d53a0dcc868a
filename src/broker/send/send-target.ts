import type { SendMessageRequest } from '../../protocol/command/send-message.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { PutRefusal } from '../../store/put-message.ts';
import type { BrokerConfig } from '../config/broker-config.ts';
import type { BrokerParts } from '../parts.ts';
import { refusalCode } from '../processor/refusal.ts';
import { autoCreatedTopic } from '../topic/auto-create.ts';
import { createTopic } from '../topic/ensure-topic.ts';
import { isForbiddenToSend, topicNameProblem } from '../topic/system-topics.ts';
import { isWritable, type TopicConfig } from '../topic/topic-config.ts';

/** Why a send is not stored. */
export interface SendRefusal {
  readonly code: number;
  readonly remark: string;
}

const FAQ = '\nSee http://rocketmq.apache.org/docs/faq/ for further details.';

/**
 * The topic of a send, created in this turn if it may be (in the order of AbstractSendMessageProcessor.msgCheck). Any
 * refusal is certain: nothing of the message was appended.
 */
export function findSendTopic(parts: BrokerParts, request: SendMessageRequest): TopicConfig | SendRefusal {
  const { config, state } = parts;
  const { topic } = request;
  const known = state.topics.get(topic);
  if (!isWritable(config.brokerPermission) && (known === undefined || known.order)) {
    const remark = `the broker[${config.brokerIP1}] sending message is forbidden`;
    return { code: ResponseCode.NO_PERMISSION, remark };
  }
  if (known === undefined) {
    const problem = topicNameProblem(topic);
    if (problem !== undefined) return { code: ResponseCode.INVALID_PARAMETER, remark: problem };
  }
  if (isForbiddenToSend(topic)) {
    return { code: ResponseCode.NO_PERMISSION, remark: `Sending message to topic[${topic}] is forbidden.` };
  }
  const found = known ?? createOnSend(parts, request);
  if ('code' in found) return found;
  if (!isWritable(found.perm)) {
    return { code: ResponseCode.NO_PERMISSION, remark: `the topic[${topic}] sending message is forbidden` };
  }
  const queues = Math.max(found.readQueueNums, found.writeQueueNums);
  if (request.queueId >= queues) {
    const remark = `request queueId[${request.queueId}] is illegal, topic[${topic}] has ${queues} queues`;
    return { code: ResponseCode.INVALID_PARAMETER, remark };
  }
  return found;
}

function createOnSend(parts: BrokerParts, request: SendMessageRequest): TopicConfig | SendRefusal {
  const { config, state } = parts;
  const created = autoCreatedTopic(
    {
      topic: request.topic,
      defaultTopic: request.defaultTopic,
      queues: request.defaultTopicQueueNums,
      autoCreateTopicEnable: config.autoCreateTopicEnable,
    },
    (name) => state.topics.get(name),
  );
  if ('refused' in created) return { code: ResponseCode.TOPIC_NOT_EXIST, remark: created.refused + FAQ };
  const refusal = createTopic(parts, created);
  return refusal === undefined ? created : asSendRefusal(refusal);
}

function asSendRefusal(refusal: PutRefusal): SendRefusal {
  return { code: refusalCode(refusal), remark: refusal.text };
}

/** The queue asked for, or one of the writable ones by chance. */
export function sendQueue(parts: BrokerParts, request: SendMessageRequest, topic: TopicConfig): number {
  if (request.queueId >= 0) return request.queueId;
  return parts.platform.random.below(Math.max(1, topic.writeQueueNums));
}

/** Too long a body, with the key that bounds it. */
export function bodyProblem({ maxMessageSize }: BrokerConfig, bytes: number): SendRefusal | undefined {
  if (bytes <= maxMessageSize) return undefined;
  const remark = `the message body is ${bytes} bytes long, more than maxMessageSize=${maxMessageSize}`;
  return { code: ResponseCode.MESSAGE_ILLEGAL, remark };
}
