/** Separators of the text form: name SOH value STX, repeated (MessageDecoder.java). The last STX may be missing (4.9 writers). */
const AFTER_NAME = '\u0001';
const AFTER_VALUE = '\u0002';
const AFTER_NAME_CODE = 1;
const AFTER_VALUE_CODE = 2;

/** Names of properties that the system itself reads or writes (MessageConst.java). */
export const PropertyName = {
  KEYS: 'KEYS',
  TAGS: 'TAGS',
  WAIT: 'WAIT',
  DELAY: 'DELAY',
  RETRY_TOPIC: 'RETRY_TOPIC',
  REAL_TOPIC: 'REAL_TOPIC',
  REAL_QUEUE_ID: 'REAL_QID',
  TRANSACTION_PREPARED: 'TRAN_MSG',
  PRODUCER_GROUP: 'PGROUP',
  MIN_OFFSET: 'MIN_OFFSET',
  MAX_OFFSET: 'MAX_OFFSET',
  ORIGIN_MESSAGE_ID: 'ORIGIN_MESSAGE_ID',
  RECONSUME_TIME: 'RECONSUME_TIME',
  MAX_RECONSUME_TIMES: 'MAX_RECONSUME_TIMES',
  MSG_REGION: 'MSG_REGION',
  TRACE_ON: 'TRACE_ON',
  UNIQ_KEY: 'UNIQ_KEY',
  CLUSTER: 'CLUSTER',
  CONSUME_START_TIME: 'CONSUME_START_TIME',
  INNER_NUM: 'INNER_NUM',
  POP_CK: 'POP_CK',
  DLQ_ORIGIN_TOPIC: 'DLQ_ORIGIN_TOPIC',
  DLQ_ORIGIN_MESSAGE_ID: 'DLQ_ORIGIN_MESSAGE_ID',
} as const;

/** The text form of properties, in the order given, with the final separator. Names and values must not contain U+0001 or U+0002. */
export function encodeProperties(properties: Iterable<readonly [name: string, value: string]>): string {
  let text = '';
  for (const [name, value] of properties) text += name + AFTER_NAME + value + AFTER_VALUE;
  return text;
}

/** All properties of a text. Pairs without exactly one U+0001 are skipped; of a repeated name the last value counts. */
export function decodeProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const pair of text.split(AFTER_VALUE)) {
    const [name, value, more] = pair.split(AFTER_NAME);
    if (name !== undefined && value !== undefined && more === undefined && name !== '') properties.set(name, value);
  }
  return properties;
}

/** One property of a text, without taking the others apart. */
export function getProperty(text: string, name: string): string | undefined {
  const pair = findPair(text, name);
  return pair < 0 ? undefined : text.slice(pair + name.length + 1, endOfPair(text, pair));
}

/** The text with one property set: in its place if it is there, else at the end. */
export function setProperty(text: string, name: string, value: string): string {
  const pair = findPair(text, name);
  if (pair < 0) return withFinalSeparator(text) + name + AFTER_NAME + value + AFTER_VALUE;
  return text.slice(0, pair + name.length + 1) + value + text.slice(endOfPair(text, pair));
}

/** The text without one property. */
export function removeProperty(text: string, name: string): string {
  let rest = text;
  for (let pair = findPair(rest, name); pair >= 0; pair = findPair(rest, name)) {
    rest = rest.slice(0, pair) + rest.slice(endOfPair(rest, pair) + 1);
  }
  return rest;
}

/** The text, ending with a separator, so that a pair can be added behind it. */
export function withFinalSeparator(text: string): string {
  return text === '' || text.charCodeAt(text.length - 1) === AFTER_VALUE_CODE ? text : text + AFTER_VALUE;
}

/** Start of the last well-formed pair with this name, or -1. */
function findPair(text: string, name: string): number {
  let found = -1;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const starts = at === 0 || text.charCodeAt(at - 1) === AFTER_VALUE_CODE;
    const valueAt = at + name.length + 1;
    if (!starts || text.charCodeAt(valueAt - 1) !== AFTER_NAME_CODE) continue;
    const second = text.indexOf(AFTER_NAME, valueAt);
    if (second < 0 || second > endOfPair(text, at)) found = at;
  }
  return found;
}

function endOfPair(text: string, pair: number): number {
  const end = text.indexOf(AFTER_VALUE, pair);
  return end < 0 ? text.length : end;
}
