import { defaulted, flag, map, object, text, textRecord, type ValueOf, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { dataVersion } from './data-version.ts';

const codec = object({
  topicName: text,
  readQueueNums: defaulted(whole, 16),
  writeQueueNums: defaulted(whole, 16),
  /** Sum of `Permission` bits. */
  perm: defaulted(whole, 6),
  topicFilterType: defaulted(text, 'SINGLE_TAG'),
  topicSysFlag: defaulted(whole, 0),
  order: defaulted(flag, false),
  attributes: defaulted(textRecord, {}),
});

/** The settings of one topic. GET_TOPIC_CONFIG answers it too. */
export const topicConfig = defineBody('TopicConfig', codec);

export type TopicConfig = BodyOf<typeof topicConfig>;

/** All topics of a broker (TopicConfigSerializeWrapper). */
export const topicConfigTableCodec = object({
  topicConfigTable: map(codec),
  dataVersion,
});

/** The answer to GET_ALL_TOPIC_CONFIG, and what REGISTER_BROKER carries. */
export const topicConfigTable = defineBody('TopicConfigSerializeWrapper', topicConfigTableCodec);

export type TopicConfigTable = ValueOf<typeof topicConfigTableCodec>;
