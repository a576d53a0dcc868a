import { TextCache } from '../base/text-cache.ts';
import type { SendMessageRequest } from './command/send-message.ts';

/** Letters of SendMessageRequestHeaderV2 as bytes: a = producerGroup ... m = batch. */
const A = 0x61;
const FIELD_COUNT = 13;
const ALL_REQUIRED = 0b1111_1111;
const BORN_TIMESTAMP = 6;
const PROPERTIES = 8;
const UNIT_MODE = 10;
const BATCH = 12;
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

/**
 * Collects the one-letter fields of a send request from header bytes, without a map of texts in between. `begin`, then `set` for each
 * field, then `finish`. A false or undefined result means: decode this header the general way, which also words the error.
 */
export class SendFields {
  private readonly names = new TextCache();
  private readonly texts: (string | undefined)[] = new Array(FIELD_COUNT).fill(undefined);
  private readonly numbers = new Float64Array(FIELD_COUNT);
  private seen = 0;

  begin(): void {
    this.seen = 0;
  }

  /** Takes the value `buffer[from, to)` of field `letter`; bytes are plain UTF-8. */
  set(letter: number, buffer: Buffer, from: number, to: number): boolean {
    const field = letter - A;
    switch (field) {
      case 0:
      case 1:
      case 2:
        this.texts[field] = this.names.get(buffer, from, to);
        break;
      case PROPERTIES:
        this.texts[field] = buffer.toString('utf8', from, to);
        break;
      case UNIT_MODE:
      case BATCH:
        if (!this.setBoolean(field, buffer, from, to)) return false;
        break;
      default:
        if (field < 0 || field >= FIELD_COUNT) return true;
        if (!this.setNumber(field, buffer, from, to)) return false;
    }
    this.seen |= 1 << field;
    return true;
  }

  finish(): SendMessageRequest | undefined {
    const { texts, numbers, seen } = this;
    if ((seen & ALL_REQUIRED) !== ALL_REQUIRED) return undefined;
    return {
      producerGroup: texts[0]!,
      topic: texts[1]!,
      defaultTopic: texts[2]!,
      defaultTopicQueueNums: numbers[3]!,
      queueId: numbers[4]!,
      sysFlag: numbers[5]!,
      bornTimestamp: numbers[6]!,
      flag: numbers[7]!,
      properties: seen & (1 << 8) ? texts[8] : undefined,
      reconsumeTimes: seen & (1 << 9) ? numbers[9]! : 0,
      unitMode: (seen & (1 << 10)) !== 0 && numbers[10] === 1,
      maxReconsumeTimes: seen & (1 << 11) ? numbers[11] : undefined,
      batch: (seen & (1 << 12)) !== 0 && numbers[12] === 1,
    };
  }

  private setNumber(field: number, buffer: Buffer, from: number, to: number): boolean {
    const negative = buffer[from] === 0x2d;
    let at = negative ? from + 1 : from;
    if (at >= to || to - at > 15) return false;
    let value = 0;
    for (; at < to; at++) {
      const digit = buffer[at]! - 0x30;
      if (digit < 0 || digit > 9) return false;
      value = value * 10 + digit;
    }
    if (field !== BORN_TIMESTAMP && value > (negative ? 0x80000000 : 0x7fffffff)) return false;
    this.numbers[field] = negative && value !== 0 ? -value : value;
    return true;
  }

  private setBoolean(field: number, buffer: Buffer, from: number, to: number): boolean {
    const isTrue = to - from === 4 && isWord(buffer, from, TRUE);
    this.numbers[field] = isTrue ? 1 : 0;
    return isTrue || (to - from === 5 && isWord(buffer, from, FALSE));
  }
}

function isWord(buffer: Buffer, at: number, word: Buffer): boolean {
  for (let i = 0; i < word.length; i++) {
    if (buffer[at + i] !== word[i]) return false;
  }
  return true;
}
