import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

const request = {
  producerGroup: 'string',
  topic: 'string',
  defaultTopic: 'string',
  defaultTopicQueueNums: 'int',
  queueId: 'int',
  sysFlag: 'int',
  bornTimestamp: 'long',
  flag: 'int',
  properties: 'string?',
  reconsumeTimes: ['int', 0],
  unitMode: ['boolean', false],
  maxReconsumeTimes: 'int?',
  batch: ['boolean', false],
} as const;

/** The one-letter keys of SendMessageRequestHeaderV2. */
const letters = {
  producerGroup: 'a',
  topic: 'b',
  defaultTopic: 'c',
  defaultTopicQueueNums: 'd',
  queueId: 'e',
  sysFlag: 'f',
  bornTimestamp: 'g',
  flag: 'h',
  properties: 'i',
  reconsumeTimes: 'j',
  unitMode: 'k',
  maxReconsumeTimes: 'l',
  batch: 'm',
} as const;

const response = {
  /** The offsetMsgId of the stored record; of a batch, all of them joined by commas. */
  msgId: 'string',
  queueId: 'int',
  queueOffset: 'long',
  transactionId: 'string?',
  batchUniqId: 'string?',
  recallHandle: 'string?',
  region: 'string?',
  traceOn: 'string?',
} as const;

const responseKeys = { region: 'MSG_REGION', traceOn: 'TRACE_ON' } as const;

/** Sends one message with full field names. The body is the message body. */
export const sendMessage = defineCommand({
  code: RequestCode.SEND_MESSAGE,
  name: 'SEND_MESSAGE',
  request,
  response,
  responseKeys,
});

/** Sends one message with one-letter field names. The body is the message body. */
export const sendMessageV2 = defineCommand({
  code: RequestCode.SEND_MESSAGE_V2,
  name: 'SEND_MESSAGE_V2',
  request,
  requestKeys: letters,
  response,
  responseKeys,
});

/** Sends several messages of one queue at once. The body is that of `message/batch.ts`. */
export const sendBatchMessage = defineCommand({
  code: RequestCode.SEND_BATCH_MESSAGE,
  name: 'SEND_BATCH_MESSAGE',
  request,
  requestKeys: letters,
  response,
  responseKeys,
});

/** One type for the three request codes. */
export type SendMessageRequest = RequestOf<typeof sendMessage>;
export type SendMessageResponse = ResponseOf<typeof sendMessage>;
