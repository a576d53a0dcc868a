import { SysFlag } from '../../protocol/message/flags.ts';
import {
  decodeProperties,
  encodeProperties,
  getProperty,
  PropertyName,
  removeProperty,
  withFinalSeparator,
} from '../../protocol/message/properties.ts';
import type { BrokerConfig } from '../config/broker-config.ts';

/**
 * Turns the property text of a request into the one that is stored (AbstractSendMessageProcessor.java): the broker's own properties are set, a
 * UNIQ_KEY is made where there is none, POP_CK goes.
 */
export class StoredProperties {
  readonly #suffix: string;
  readonly #suffixBytes: Buffer;
  readonly #scratch: Buffer;
  readonly #own: readonly (readonly [string, string])[];
  readonly #newUniqueKey: () => string;

  constructor(config: BrokerConfig, newUniqueKey: () => string) {
    this.#own = [
      [PropertyName.MSG_REGION, config.regionId],
      [PropertyName.TRACE_ON, String(config.traceOn)],
      [PropertyName.CLUSTER, config.brokerClusterName],
    ];
    this.#suffix = encodeProperties(this.#own);
    this.#suffixBytes = Buffer.from(this.#suffix);
    this.#scratch = Buffer.allocUnsafeSlow((SCRATCH_CHARACTERS + 1) * 3 + this.#suffixBytes.length);
    this.#newUniqueKey = newUniqueKey;
  }

  /**
   * What `complete` gives of a text without special properties, as UTF-8 in a shared buffer: valid until the next call. Undefined for a text without a UNIQ_KEY
   * or of unusual length.
   */
  completeBytes(text: string | undefined): Buffer | undefined {
    if (text === undefined || text.length > SCRATCH_CHARACTERS || !text.includes(UNIQUE_KEY_START)) return undefined;
    const end = this.#scratch.write(withFinalSeparator(text), 0, 'utf8');
    this.#scratch.set(this.#suffixBytes, end);
    return this.#scratch.subarray(0, end + this.#suffixBytes.length);
  }

  /** `special` as `hasSpecialProperty` says of the text. */
  complete(text: string | undefined, special: boolean): string {
    let properties = text === undefined ? '' : withFinalSeparator(text);
    if (special) properties = this.#withoutOwn(properties);
    if (!properties.includes(UNIQUE_KEY_START)) {
      properties += encodeProperties([[PropertyName.UNIQ_KEY, this.#newUniqueKey()]]);
    }
    return properties + this.#suffix;
  }

  #withoutOwn(text: string): string {
    let properties = removeProperty(text, PropertyName.POP_CK);
    for (const [name] of this.#own) properties = removeProperty(properties, name);
    return properties;
  }
}

/** Longer texts are rare: they take the ordinary way. */
const SCRATCH_CHARACTERS = 4096;
const UNIQUE_KEY_START = `${PropertyName.UNIQ_KEY}\u0001`;

/** Properties that the broker sets or that change where a message goes; a text without any of these names takes the short way. */
const SPECIAL = /DELAY|TRAN_MSG|TIMER_|MSG_REGION|TRACE_ON|CLUSTER|POP_CK/;
const TIMER_NAMES = ['TIMER_DELIVER_MS', 'TIMER_DELAY_SEC', 'TIMER_DELAY_MS', 'TIMER_DEL_UNIQKEY'];

export function hasSpecialProperty(text: string | undefined): boolean {
  return text !== undefined && SPECIAL.test(text);
}

/** Does the sender wait for fsync and slaves (MessageExt.isWaitStoreMsgOK)? */
export function waitsForStore(text: string | undefined): boolean {
  const value = text === undefined ? '' : (getProperty(text, PropertyName.WAIT) ?? '');
  return value === '' || value.toLowerCase() === 'true';
}

/** Delay level of a message, 0 if it is to be delivered at once; levels beyond the last one mean the last one. */
export function delayLevelOf(text: string, maxLevel: number): number {
  const value = Number(getProperty(text, PropertyName.DELAY) ?? 0);
  return Number.isInteger(value) && value > 0 ? Math.min(value, maxLevel) : 0;
}

const TRANSACTIONS_UNSUPPORTED =
  'transactional messages (TRAN_MSG=true, or the transaction bits of sysFlag) are not supported yet; send an ordinary message';

/** Why a message with this sysFlag cannot be stored: prepared and rolled-back ones would be acknowledged, and never be seen. */
export function unsupportedSysFlag(sysFlag: number): string | undefined {
  const transaction = sysFlag & SysFlag.TRANSACTION_MASK;
  const unseen = transaction === SysFlag.TRANSACTION_PREPARED || transaction === SysFlag.TRANSACTION_ROLLBACK;
  return unseen ? TRANSACTIONS_UNSUPPORTED : undefined;
}

/** Why a message with special properties cannot be stored as it asks to be, in words; undefined if it can. */
export function unsupportedFeature(text: string): string | undefined {
  if (getProperty(text, PropertyName.TRANSACTION_PREPARED)?.toLowerCase() === 'true') {
    return TRANSACTIONS_UNSUPPORTED;
  }
  const timer = TIMER_NAMES.find((name) => getProperty(text, name) !== undefined);
  return timer === undefined
    ? undefined
    : `timer messages (${timer}) are not supported yet; use one of the delay levels (property DELAY)`;
}

/** Properties of a message that waits in the delay queue: they remember where it belongs. */
export function delayedProperties(text: string, realTopic: string, realQueueId: number): string {
  const rest = removeProperty(removeProperty(text, PropertyName.REAL_TOPIC), PropertyName.REAL_QUEUE_ID);
  return (
    withFinalSeparator(rest) +
    encodeProperties([
      [PropertyName.REAL_TOPIC, realTopic],
      [PropertyName.REAL_QUEUE_ID, String(realQueueId)],
    ])
  );
}

/** The reverse when the delay is over (ScheduleMessageService.messageTimeup): where the message belongs, and its own properties. */
export function restoredProperties(text: string): { topic: string; queueId: number; properties: string } | undefined {
  const properties = decodeProperties(text);
  const topic = properties.get(PropertyName.REAL_TOPIC);
  const queueId = Number(properties.get(PropertyName.REAL_QUEUE_ID));
  if (topic === undefined || topic === '' || !Number.isInteger(queueId) || queueId < 0) return undefined;
  for (const name of [PropertyName.DELAY, PropertyName.WAIT, PropertyName.REAL_TOPIC, PropertyName.REAL_QUEUE_ID]) {
    properties.delete(name);
  }
  return { topic, queueId, properties: encodeProperties(properties) };
}
