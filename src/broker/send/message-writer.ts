import type { SendMessageRequest } from '../../protocol/command/send-message.ts';
import { getProperty, PropertyName } from '../../protocol/message/properties.ts';
import type { RequestContext } from '../../remoting/request-context.ts';
import { SCHEDULE_TOPIC } from '../../store/internal-topic.ts';
import type { PutMessage } from '../../store/put-message.ts';
import { bornHost } from './born-host.ts';
import { delayedProperties, delayLevelOf } from './stored-properties.ts';

/** A message object for the store, to be filled and used again. */
export function emptyPutMessage(): PutMessage {
  return {
    topic: '',
    queueId: 0,
    flag: 0,
    sysFlag: 0,
    bornTimestamp: 0,
    bornHost: new Uint8Array(8),
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    properties: '',
    body: new Uint8Array(0),
    position: 0,
    queueOffset: 0,
    storeTimestamp: 0,
    recordSize: 0,
  };
}

/** Fills a message from a request; `properties` are the completed ones. */
export function fillPutMessage(
  message: PutMessage,
  context: RequestContext,
  request: SendMessageRequest,
  queueId: number,
  properties: string | Uint8Array,
): void {
  message.topic = request.topic;
  message.queueId = queueId;
  message.flag = request.flag;
  message.sysFlag = request.sysFlag;
  message.bornTimestamp = request.bornTimestamp;
  message.bornHost = bornHost(context);
  message.reconsumeTimes = request.reconsumeTimes;
  message.properties = properties;
  message.body = context.command.body;
}

/** Turns a message with a delay level into one of the level's queue. */
export function delay(message: PutMessage, maxLevel: number, properties: string): void {
  const level = delayLevelOf(properties, maxLevel);
  if (level === 0) return;
  message.properties = delayedProperties(properties, message.topic, message.queueId);
  message.topic = SCHEDULE_TOPIC;
  message.queueId = level - 1;
}

/** The id that the producer gave its message. */
export function uniqueKeyOf(properties: string): string | undefined {
  return getProperty(properties, PropertyName.UNIQ_KEY);
}
