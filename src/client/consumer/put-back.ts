import { consumerSendMessageBack } from '../../protocol/command/consumer-send-message-back.ts';
import { PropertyName } from '../../protocol/message/properties.ts';
import type { ClientSession } from '../client-session.ts';
import type { MessageQueue } from '../message-queue.ts';
import { prepareRaw, type SendSettings } from '../producer/prepare-send.ts';
import { rejectOrResolve, type SendEngine } from '../producer/send-engine.ts';
import type { SendResult } from '../producer/send-result.ts';
import type { ReceivedMessage } from '../received-message.ts';
import { askGroup } from './ask-group.ts';
import { RETRY_PREFIX } from './first-offset.ts';

const PUT_BACK_MS = 5_000;
/** First of the delay levels that a message goes through, by one more with each failure. */
const FIRST_DELAY_LEVEL = 3;

export interface PutBackOptions {
  readonly session: ClientSession;
  readonly engine: SendEngine;
  readonly settings: SendSettings;
  readonly group: string;
  /** So many failures later a message goes to the dead letters. */
  readonly maxReconsumeTimes: number;
}

/**
 * Gives a message back so that the group gets it again later: the broker puts it into the group's retry topic (CONSUMER_SEND_MSG_BACK). If
 * the broker cannot, the message is sent there as an ordinary one. `queue` is where it was pulled. Rejects if neither worked.
 */
export async function putBack(
  options: PutBackOptions,
  queue: MessageQueue,
  message: ReceivedMessage,
  delayLevel: number,
): Promise<void> {
  const { session, group, maxReconsumeTimes } = options;
  const header = {
    offset: message.commitLogOffset,
    group,
    delayLevel,
    originMsgId: message.messageId,
    originTopic: message.topic,
    unitMode: false,
    maxReconsumeTimes,
  };
  try {
    await askGroup(session, consumerSendMessageBack, queue, header, { timeoutMs: PUT_BACK_MS });
  } catch (error) {
    session.report(`giving back message ${message.messageId}`, error as Error);
    await sendToRetryTopic(options, message);
  }
}

function sendToRetryTopic(options: PutBackOptions, message: ReceivedMessage): Promise<SendResult> {
  const { engine, settings, group, maxReconsumeTimes } = options;
  const reconsumeTimes = message.reconsumeTimes + 1;
  const properties: Record<string, string> = { ...message.properties };
  for (const name of CLIENT_SIDE) delete properties[name];
  properties[PropertyName.RETRY_TOPIC] ??= message.topic;
  properties[PropertyName.ORIGIN_MESSAGE_ID] ??= message.messageId;
  properties[PropertyName.DELAY] = String(FIRST_DELAY_LEVEL + message.reconsumeTimes);
  let text = '';
  for (const [name, value] of Object.entries(properties)) text += `${name}\u0001${value}\u0002`;
  const raw = {
    topic: RETRY_PREFIX + group,
    body: message.body,
    flag: message.flag,
    sysFlag: 0,
    properties: text,
    reconsumeTimes,
    maxReconsumeTimes,
  };
  const prepared = prepareRaw(raw, message.messageId, settings);
  return new Promise((resolve, reject) => {
    engine.begin(prepared, {}, { timeoutMs: PUT_BACK_MS }, rejectOrResolve(resolve, reject));
  });
}

/** Properties that the client adds on receipt, or that would make the copy something else than an ordinary message. */
const CLIENT_SIDE = [
  PropertyName.MIN_OFFSET,
  PropertyName.MAX_OFFSET,
  PropertyName.CONSUME_START_TIME,
  PropertyName.TRANSACTION_PREPARED,
];
