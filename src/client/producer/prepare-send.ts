import { asBuffer } from '../../base/bytes.ts';
import { RequestCode } from '../../protocol/codes.ts';
import { encodeBatch } from '../../protocol/message/batch.ts';
import { COMPRESSED_FLAGS, compressBody } from '../../protocol/message/compression.ts';
import { PropertyName } from '../../protocol/message/properties.ts';
import type { ExtFields } from '../../protocol/remoting-command.ts';
import type { Message } from '../message.ts';
import type { MessageQueue } from '../message-queue.ts';
import { topicProblem } from '../options.ts';

/** Topic whose settings an auto-created topic inherits (TopicValidator.AUTO_CREATE_TOPIC_KEY_TOPIC). */
export const AUTO_CREATE_TOPIC = 'TBW102';

/** What is the same for all messages of one producer. */
export interface SendSettings {
  readonly group: string;
  /** Queues of a topic that the broker creates for a message. */
  readonly autoCreateQueues: number;
  /** Bodies of at least so many bytes are compressed. */
  readonly compressAtBytes: number;
  readonly maxMessageBytes: number;
  readonly nowMs: () => number;
  readonly newMessageId: () => string;
}

/** A message (or batch) ready to be sent to any queue, any number of times. */
export interface PreparedSend {
  readonly topic: string;
  /** UNIQ_KEY; of a batch, all of them joined by commas. */
  readonly messageId: string;
  readonly code: number;
  readonly body: Uint8Array;
  /** The header's text fields for a queue. */
  fields(queue: MessageQueue): ExtFields;
}

/** Prepares one message; returns a sentence if it cannot be sent. */
export function prepareMessage(message: Message, settings: SendSettings): PreparedSend | string {
  const wrong = shapeProblem(message);
  if (wrong !== undefined) return wrong;
  const messageId = settings.newMessageId();
  const properties = encodeMessageProperties(message, messageId);
  if (typeof properties !== 'object') return properties;
  const plain = bodyBytes(message);
  const problem = topicProblem(message.topic) ?? bodyProblem(plain, settings);
  if (problem !== undefined) return problem;
  const compressed = plain.length >= settings.compressAtBytes;
  const body = compressed ? compressBody(plain) : plain;
  const header = {
    topic: message.topic,
    sysFlag: compressed ? COMPRESSED_FLAGS : 0,
    flag: message.flag ?? 0,
    properties: properties.text,
    batch: false,
  };
  return new Prepared(header, settings, messageId, RequestCode.SEND_MESSAGE_V2, body);
}

/** Prepares a message whose properties are given as they are; for messages that a consumer puts back. */
export function prepareRaw(
  message: {
    topic: string;
    body: Uint8Array;
    flag: number;
    sysFlag: number;
    properties: string;
    reconsumeTimes: number;
    maxReconsumeTimes: number;
  },
  messageId: string,
  settings: SendSettings,
): PreparedSend {
  const { topic, sysFlag, flag, properties, reconsumeTimes, maxReconsumeTimes } = message;
  const header = { topic, sysFlag, flag, properties, batch: false, reconsumeTimes, maxReconsumeTimes };
  return new Prepared(header, settings, messageId, RequestCode.SEND_MESSAGE_V2, message.body);
}

/** Prepares several messages of one topic that are to be stored together; returns a sentence if they cannot be sent so. */
export function prepareBatch(messages: readonly Message[], settings: SendSettings): PreparedSend | string {
  if (!Array.isArray(messages) || messages.length === 0) return 'a batch needs at least one message, in an array.';
  for (const message of messages) {
    const wrong = shapeProblem(message);
    if (wrong !== undefined) return wrong;
  }
  const first = messages[0] as Message;
  const problem = topicProblem(first.topic) ?? batchProblem(messages, first);
  if (problem !== undefined) return problem;
  const ids: string[] = [];
  const items = [];
  for (const message of messages) {
    const messageId = settings.newMessageId();
    const properties = encodeMessageProperties(message, messageId);
    if (typeof properties !== 'object') return properties;
    ids.push(messageId);
    items.push({ flag: message.flag ?? 0, body: bodyBytes(message), properties: Buffer.from(properties.text) });
  }
  const body = encodeBatch(items);
  if (body.length > settings.maxMessageBytes) return tooLarge('the batch', body.length, settings);
  const header = { topic: first.topic, sysFlag: 0, flag: 0, properties: WAIT_ONLY, batch: true };
  return new Prepared(header, settings, ids.join(','), RequestCode.SEND_BATCH_MESSAGE, body);
}

interface PreparedHeader {
  readonly topic: string;
  readonly sysFlag: number;
  readonly flag: number;
  readonly properties: string;
  readonly batch: boolean;
  readonly reconsumeTimes?: number;
  readonly maxReconsumeTimes?: number;
}

/** Letters of SendMessageRequestHeaderV2, written here by hand because this is the client's hottest place. */
class Prepared implements PreparedSend {
  readonly topic: string;
  readonly messageId: string;
  readonly code: number;
  readonly body: Uint8Array;
  readonly #header: PreparedHeader;
  readonly #settings: SendSettings;
  readonly #bornTimestamp: string;

  constructor(header: PreparedHeader, settings: SendSettings, messageId: string, code: number, body: Uint8Array) {
    this.topic = header.topic;
    this.messageId = messageId;
    this.code = code;
    this.body = body;
    this.#header = header;
    this.#settings = settings;
    this.#bornTimestamp = String(settings.nowMs());
  }

  fields(queue: MessageQueue): ExtFields {
    const { topic, sysFlag, flag, properties, batch, reconsumeTimes, maxReconsumeTimes } = this.#header;
    const { group, autoCreateQueues } = this.#settings;
    const fields: ExtFields = {
      a: group,
      b: topic,
      c: AUTO_CREATE_TOPIC,
      d: String(autoCreateQueues),
      e: String(queue.queueId),
      f: String(sysFlag),
      g: this.#bornTimestamp,
      h: String(flag),
      i: properties,
      j: reconsumeTimes === undefined ? '0' : String(reconsumeTimes),
      k: 'false',
      m: batch ? 'true' : 'false',
      n: queue.brokerName,
    };
    if (maxReconsumeTimes !== undefined) fields['l'] = String(maxReconsumeTimes);
    return fields;
  }
}

const WAIT_ONLY = 'WAIT\u0001true\u0002';
/** The longest properties that a record can hold. */
const MAX_PROPERTIES_LENGTH = 32_767;

/** Properties of a message as text, in an object; or a sentence on what is wrong. */
function encodeMessageProperties(message: Message, messageId: string): { readonly text: string } | string {
  const { tags, keys, delayLevel, properties } = message;
  let text = `UNIQ_KEY\u0001${messageId}\u0002WAIT\u0001${message.waitStored === false ? 'false' : 'true'}\u0002`;
  let clean = true;
  let wrong: string | undefined;
  const add = (name: string, value: unknown): void => {
    if (typeof value !== 'string') wrong = `${name} is of type ${typeof value}; it must be a text.`;
    else if (hasSeparator(name) || hasSeparator(value)) clean = false;
    text += `${name}\u0001${value}\u0002`;
  };
  if (keys !== undefined) add('KEYS', Array.isArray(keys) ? keys.join(' ') : keys);
  if (tags !== undefined) add('TAGS', tags);
  if (delayLevel !== undefined && delayLevel !== 0) add('DELAY', String(delayLevel));
  for (const name in properties) {
    if (RESERVED.has(name))
      return `property ${name} is set by the system; use the field of Message for it or another name.`;
    if (name === '') return 'a property needs a name.';
    add(name, properties[name]);
  }
  if (wrong !== undefined) return wrong;
  if (!clean) return 'tags, keys and properties must not contain the characters U+0001 and U+0002.';
  const bytes = text.length * 3 > MAX_PROPERTIES_LENGTH ? Buffer.byteLength(text) : text.length;
  if (bytes > MAX_PROPERTIES_LENGTH) return `the properties take ${bytes} bytes; at most ${MAX_PROPERTIES_LENGTH} fit.`;
  return { text };
}

function hasSeparator(text: string): boolean {
  return text.includes('\u0001') || text.includes('\u0002');
}

const RESERVED: ReadonlySet<string> = new Set(Object.values(PropertyName));

/** What is wrong with a message from a caller whose types nobody checked. */
function shapeProblem(message: Message | undefined | null): string | undefined {
  if (typeof message !== 'object' || message === null) {
    return `the message is ${String(message)}; it must be an object with a topic and a body.`;
  }
  const body: unknown = message.body;
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return undefined;
  if (body === undefined || body === null) return 'the message has no body; give a text or a Uint8Array.';
  return `the body is of type ${typeof body}; it must be a text or a Uint8Array.`;
}

function bodyBytes(message: Message): Buffer {
  return typeof message.body === 'string' ? Buffer.from(message.body) : asBuffer(message.body);
}

function bodyProblem(body: Uint8Array, settings: SendSettings): string | undefined {
  if (body.length === 0) return 'the body is empty; a message needs at least one byte.';
  return body.length > settings.maxMessageBytes ? tooLarge('the body', body.length, settings) : undefined;
}

function tooLarge(what: string, bytes: number, settings: SendSettings): string {
  return `${what} has ${bytes} bytes; at most ${settings.maxMessageBytes} may be sent (maxMessageBytes).`;
}

function batchProblem(messages: readonly Message[], first: Message): string | undefined {
  if (first.topic.startsWith('%RETRY%')) return 'a batch cannot be sent to a retry topic.';
  for (const message of messages) {
    if (message.topic !== first.topic)
      return `a batch has one topic, but this one has ${first.topic} and ${message.topic}.`;
    if (message.delayLevel) return 'messages of a batch cannot be delayed.';
    if ((message.waitStored ?? true) !== (first.waitStored ?? true))
      return 'messages of a batch must agree on waitStored.';
    if (message.body.length === 0) return 'the body is empty; a message needs at least one byte.';
  }
  return undefined;
}
