import { defaulted, flag, object, set, text, whole } from '../body-codec.ts';
import { EXPRESSION_TAG } from '../message/tags.ts';

/** What one group wants of one topic; its type is SubscriptionData of `message/tags.ts`. Go writes hashes as texts. */
export const subscriptionData = object({
  classFilterMode: defaulted(flag, false),
  topic: text,
  subString: defaulted(text, '*'),
  tagsSet: defaulted(set(text), new Set<string>()),
  codeSet: defaulted(set(whole), new Set<number>()),
  subVersion: defaulted(whole, 0),
  expressionType: defaulted(text, EXPRESSION_TAG),
});
