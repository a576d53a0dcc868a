import { Version } from '../../protocol/codes.ts';
import {
  type ConsumerSendMessageBackRequest,
  consumerSendMessageBack,
} from '../../protocol/command/consumer-send-message-back.ts';
import { offsetMessageId } from '../../protocol/message/message-id.ts';
import { getProperty, PropertyName, removeProperty, setProperty } from '../../protocol/message/properties.ts';
import { decodeRecord, type StoredRecord } from '../../protocol/message/record-reader.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext, RequestHandler } from '../../remoting/request-context.ts';
import type { PutMessage, PutOutcome } from '../../store/put-message.ts';
import { ensureGroup } from '../group/ensure-group.ts';
import type { GroupConfig } from '../group/group-config.ts';
import type { BrokerParts } from '../parts.ts';
import { delay, emptyPutMessage } from '../send/message-writer.ts';
import { groupTopic } from '../topic/auto-create.ts';
import { createTopic } from '../topic/ensure-topic.ts';
import { DLQ_PREFIX, RETRY_PREFIX } from '../topic/system-topics.ts';
import { isWritable } from '../topic/topic-config.ts';
import { OUTCOME_UNKNOWN, replyRefused } from './refusal.ts';
import { typed } from './typed.ts';

/** First delay level of a retry: level 3 + number of tries so far (10 s, 30 s, 1 m ...). */
const FIRST_RETRY_LEVEL = 3;

/** A consumer could not handle a message: it comes back after a delay, or goes to the dead-letter queue (AbstractSendMessageProcessor.consumerSendMsgBack). */
export function consumerSendMessageBackProcessor(parts: BrokerParts): RequestHandler {
  return typed(consumerSendMessageBack, (context, request) => {
    const group = ensureGroup(parts, request.group);
    if (group === undefined) {
      const remark = `subscription group not exist, ${request.group}`;
      context.reply(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, remark);
      return;
    }
    if (!isWritable(parts.config.brokerPermission)) {
      const remark = `the broker[${parts.config.brokerIP1}] sending message is forbidden`;
      context.reply(ResponseCode.NO_PERMISSION, remark);
      return;
    }
    if (group.retryQueueNums <= 0) {
      context.reply(ResponseCode.SUCCESS);
      return;
    }
    parts.store.lookup(request.offset, (bytes) => {
      const record = bytes === undefined ? 'look message by offset failed' : decodeRecord(bytes);
      if (typeof record !== 'string') store(parts, context, request, group, record);
      else context.reply(ResponseCode.SYSTEM_ERROR, `look message by offset failed, ${request.offset}`);
    });
  });
}

function store(
  parts: BrokerParts,
  context: RequestContext,
  request: ConsumerSendMessageBackRequest,
  group: GroupConfig,
  record: StoredRecord,
): void {
  const message = retryMessage(parts, context, request, group, record);
  if (parts.state.topics.get(message.retryTopic) === undefined) {
    const refusal = createTopic(parts, groupTopic(message.retryTopic, message.queues));
    if (refusal !== undefined) {
      replyRefused(context, refusal);
      return;
    }
  }
  const pending = {
    ticket: 0,
    putFinished: (outcome: PutOutcome): void => {
      if (outcome === 'stored') context.reply(ResponseCode.SUCCESS);
      else context.reply(ResponseCode.SYSTEM_ERROR, OUTCOME_UNKNOWN);
    },
  };
  const refused = parts.store.put(message.put, pending);
  if (refused !== undefined) replyRefused(context, refused);
  else parts.stats.add('SNDBCK_PUT_NUMS', `${record.topic}@${request.group}`, 1);
}

interface RetryMessage {
  readonly put: PutMessage;
  readonly retryTopic: string;
  readonly queues: number;
}

function retryMessage(
  parts: BrokerParts,
  context: RequestContext,
  request: ConsumerSendMessageBackRequest,
  group: GroupConfig,
  record: StoredRecord,
): RetryMessage {
  const fromHeader = context.command.version >= Version.V3_4_9 ? request.maxReconsumeTimes : undefined;
  const maxTimes = fromHeader ?? group.retryMaxTimes;
  const dead = request.delayLevel < 0 || record.reconsumeTimes >= maxTimes;
  const retryTopic = (dead ? DLQ_PREFIX : RETRY_PREFIX) + request.group;
  const queues = dead ? 1 : group.retryQueueNums;
  const { flag, sysFlag, bornTimestamp, bornHost, body } = record;
  const put: PutMessage = {
    ...emptyPutMessage(),
    ...{ flag, sysFlag, bornTimestamp, bornHost, body },
    topic: retryTopic,
    queueId: parts.platform.random.below(queues),
    reconsumeTimes: record.reconsumeTimes + 1,
    properties: retryProperties(record),
  };
  if (dead) {
    put.properties = removeProperty(put.properties as string, PropertyName.DELAY);
  } else {
    const level = request.delayLevel === 0 ? FIRST_RETRY_LEVEL + record.reconsumeTimes : request.delayLevel;
    const properties = setProperty(put.properties as string, PropertyName.DELAY, String(level));
    delay(put, parts.delayLevelsMs.length - 1, properties);
  }
  return { put, retryTopic, queues };
}

/** The origin is the id of the place where the message was first stored, and not its unique key that the request tells. */
function retryProperties(record: StoredRecord): string {
  let properties = setProperty(record.properties, PropertyName.WAIT, 'false');
  if (getProperty(properties, PropertyName.RETRY_TOPIC) === undefined) {
    properties = setProperty(properties, PropertyName.RETRY_TOPIC, record.topic);
  }
  if (getProperty(properties, PropertyName.ORIGIN_MESSAGE_ID)) return properties;
  const origin = offsetMessageId(record.storeHost, record.position);
  return setProperty(properties, PropertyName.ORIGIN_MESSAGE_ID, origin);
}
