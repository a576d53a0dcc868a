import { asBuffer, NO_BYTES } from '../base/bytes.ts';
import { MAX_PROPERTIES_BYTES, type RecordFields, recordSize } from '../protocol/message/record.ts';
import type { PutMessage, PutRefusal } from './put-message.ts';

/** Longest topic in bytes; more than 127 makes a V2 record. */
const MAX_TOPIC_BYTES = 255;
/** Queue ids are small: tables are indexed by them. */
const MAX_QUEUE_ID = 65_535;
const MAX_TOPICS = 10_000;
/** Room for the UTF-8 form of the longest property text. */
const SCRATCH_BYTES = MAX_PROPERTIES_BYTES * 3;

/** The fields of one record on its way into the log; reused from put to put. */
export interface PreparedRecord extends RecordFields {
  queueId: number;
  flag: number;
  queueOffset: number;
  position: number;
  sysFlag: number;
  bornTimestamp: number;
  bornHost: Uint8Array;
  storeTimestamp: number;
  storeHost: Uint8Array;
  reconsumeTimes: number;
  preparedTransactionOffset: number;
  body: Uint8Array;
  topic: Uint8Array;
  properties: Uint8Array;
  /** Bytes of the record. */
  size: number;
}

export function newPreparedRecord(): PreparedRecord {
  return {
    queueId: 0,
    flag: 0,
    queueOffset: 0,
    position: 0,
    sysFlag: 0,
    bornTimestamp: 0,
    bornHost: NO_BYTES,
    storeTimestamp: 0,
    storeHost: NO_BYTES,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    body: NO_BYTES,
    topic: NO_BYTES,
    properties: NO_BYTES,
    size: 0,
  };
}

/** Turns messages into record fields: encodes texts and checks what a record cannot hold. */
export class RecordPreparer {
  readonly #topics = new Map<string, Buffer>();
  /** Address of this broker in the records. */
  storeHost: Uint8Array = Buffer.alloc(8);
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

  /**
   * Fills everything but the places in log and queue and the store's time. `alone`: the record is encoded before the next
   * call, so its properties may stand in a shared buffer.
   */
  prepare(record: PreparedRecord, message: PutMessage, alone: boolean): PutRefusal | undefined {
    const topic = this.#topics.get(message.topic) ?? this.#addTopic(message.topic);
    if (topic === undefined)
      return illegal(
        `the topic name ${JSON.stringify(message.topic.slice(0, 300))} cannot be stored: use 1 to ${MAX_TOPIC_BYTES} bytes without / and control characters`,
      );
    if (!(message.queueId >= 0 && message.queueId <= MAX_QUEUE_ID))
      return illegal(`the queue id ${message.queueId} is not within 0 and ${MAX_QUEUE_ID}`);
    const properties = this.#properties(message.properties, alone);
    if (properties === undefined || properties.length > MAX_PROPERTIES_BYTES) {
      return illegal(`the properties of the message are longer than ${MAX_PROPERTIES_BYTES} bytes`);
    }
    record.topic = topic;
    record.queueId = message.queueId;
    record.flag = message.flag;
    record.sysFlag = message.sysFlag;
    record.bornTimestamp = message.bornTimestamp;
    record.bornHost = message.bornHost;
    record.storeHost = this.storeHost;
    record.reconsumeTimes = message.reconsumeTimes;
    record.preparedTransactionOffset = message.preparedTransactionOffset;
    record.properties = properties;
    record.body = message.body;
    record.size = recordSize(record);
    return undefined;
  }

  /** Undefined for a name that cannot be the name of a folder, or does not fit. */
  #addTopic(topic: string): Buffer | undefined {
    const bytes = Buffer.from(topic);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    if (bytes.length === 0 || bytes.length > MAX_TOPIC_BYTES || /[/\\\u0000-\u001f]|^\.\.?$/.test(topic))
      return undefined;
    if (this.#topics.size >= MAX_TOPICS) this.#topics.clear();
    this.#topics.set(topic, bytes);
    return bytes;
  }

  #properties(properties: string | Uint8Array, alone: boolean): Buffer | undefined {
    if (typeof properties !== 'string') return asBuffer(properties);
    if (properties.length > MAX_PROPERTIES_BYTES) return undefined;
    if (!alone) return Buffer.from(properties);
    return this.#scratch.subarray(0, this.#scratch.write(properties, 0, 'utf8'));
  }
}

function illegal(text: string): PutRefusal {
  return { status: 'message-illegal', text };
}
