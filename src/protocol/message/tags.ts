const ASTERISK = '*';

/** Java's String.hashCode. */
export function javaHashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** The hash by which ConsumeQueues tell tags apart; 0 for a message without a tag. */
export function tagsCode(tags: string | undefined): number {
  return tags === undefined ? 0 : javaHashCode(tags);
}

/** `tagsCode` of the UTF-8 text `buffer[from, to)`, without making a string where it is ASCII. */
export function tagsCodeOfBytes(buffer: Buffer, from: number, to: number): number {
  let hash = 0;
  for (let i = from; i < to; i++) {
    const byte = buffer[i]!;
    if (byte > 0x7f) return javaHashCode(buffer.toString('utf8', from, to));
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return hash;
}

/** What one group wants of one topic (SubscriptionData.java). */
export interface SubscriptionData {
  readonly classFilterMode: boolean;
  readonly topic: string;
  /** The expression as the consumer wrote it; `*` for all. */
  readonly subString: string;
  /** Empty: all messages. */
  readonly tagsSet: ReadonlySet<string>;
  /** Hashes of `tagsSet`. */
  readonly codeSet: ReadonlySet<number>;
  /** Milliseconds at which the consumer made the subscription; a newer one replaces an older one. */
  readonly subVersion: number;
  /** TAG or SQL92. */
  readonly expressionType: string;
}

export const EXPRESSION_TAG = 'TAG';
export const EXPRESSION_SQL92 = 'SQL92';

/**
 * Parses a tag expression, `*` or `A || B` (FilterAPI.buildSubscriptionData). An absent or empty expression means all. Returns a
 * sentence if the expression names no tag.
 */
export function parseSubscription(
  topic: string,
  expression: string | undefined,
  subVersion: number,
): SubscriptionData | string {
  const common = { classFilterMode: false, topic, subVersion, expressionType: EXPRESSION_TAG };
  if (expression === undefined || expression === '' || expression === ASTERISK) {
    return { ...common, subString: ASTERISK, tagsSet: new Set(), codeSet: new Set() };
  }
  const tags = expression
    .split('||')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (tags.length === 0) {
    return `the subscription expression ${JSON.stringify(expression)} of topic ${topic} names no tag: write * or tags joined by ||`;
  }
  return { ...common, subString: expression, tagsSet: new Set(tags), codeSet: new Set(tags.map(javaHashCode)) };
}

/** Whether a queue unit with this hash may belong to the subscription; the consumer compares the tag itself. */
export function matchesTags(subscription: SubscriptionData, code: number): boolean {
  return subscription.codeSet.size === 0 || subscription.codeSet.has(code);
}
