import { defaulted, list, object, optional, text } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** Names of topics. */
export const topicList = defineBody(
  'TopicList',
  object({ topicList: defaulted(list(text), []), brokerAddr: optional(text) }),
);

export type TopicList = BodyOf<typeof topicList>;
