import { sendMessageV2 } from '../../../src/protocol/command/send-message.ts';
import { encodeFrame } from '../../../src/protocol/frame.ts';
import { encodeProperties } from '../../../src/protocol/message/properties.ts';
import { SERIALIZE_JSON } from '../../../src/protocol/remoting-command.ts';
import { FIRST_OPAQUE, OPAQUE_DIGITS, writeDigits } from './digits.ts';

/** Queue ids of one digit, so that all frames have one length. */
const MOST_QUEUES = 10;
/** Digits at the end of a message's unique key that count the messages. */
const SERIAL_DIGITS = 12;
const KEY = `7F0000010ABC18B4AAC2${'0'.repeat(SERIAL_DIGITS)}`;

/**
 * Request frames as RocketMQ's producer sends them (SEND_MESSAGE_V2, JSON header, one message), made once for each queue and then
 * only patched: the opaque and the unique key differ from frame to frame, the length never does.
 */
export class SendFrames {
  readonly frameBytes: number;
  /** Where the digits of the opaque stand in each frame. */
  readonly opaqueAt: number;
  readonly #keyAt: number;
  readonly #templates: readonly Buffer[];
  #serial = 0;

  constructor(topic: string, queues: number, bodyBytes: number) {
    const count = Math.min(queues, MOST_QUEUES);
    this.#templates = Array.from({ length: count }, (_, queueId) => template(topic, queueId, bodyBytes));
    const first = this.#templates[0];
    if (first === undefined) throw new RangeError('a topic has at least one queue');
    this.frameBytes = first.length;
    this.opaqueAt = first.indexOf(String(FIRST_OPAQUE));
    this.#keyAt = first.indexOf(KEY) + KEY.length - SERIAL_DIGITS;
  }

  /** Writes the frame of one message at `at`. */
  write(target: Buffer, at: number, queue: number, opaque: number): void {
    const source = this.#templates[queue % this.#templates.length] as Buffer;
    target.set(source, at);
    writeDigits(target, at + this.opaqueAt, opaque, OPAQUE_DIGITS);
    writeDigits(target, at + this.#keyAt, ++this.#serial, SERIAL_DIGITS);
  }
}

function template(topic: string, queueId: number, bodyBytes: number): Buffer {
  const request = {
    producerGroup: 'bench_producer',
    topic,
    defaultTopic: 'TBW102',
    defaultTopicQueueNums: 8,
    queueId,
    sysFlag: 0,
    bornTimestamp: Date.now(),
    flag: 0,
    properties: encodeProperties(Object.entries({ UNIQ_KEY: KEY, WAIT: 'true', TAGS: 'TagA' })),
    reconsumeTimes: 0,
    unitMode: false,
    maxReconsumeTimes: undefined,
    batch: false,
  };
  const extFields = sendMessageV2.encodeRequest(request);
  const header = { code: 310, flag: 0, opaque: FIRST_OPAQUE, serializeType: SERIALIZE_JSON, extFields } as const;
  return Buffer.concat(encodeFrame(header, [body(bodyBytes)]));
}

/** Bytes without a pattern that a checksum or a cache could profit from, the same in every run. */
function body(bytes: number): Buffer {
  const out = Buffer.alloc(bytes);
  let state = 0x9e3779b9;
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    out[at] = state >>> 24;
  }
  return out;
}
