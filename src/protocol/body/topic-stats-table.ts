import { defaulted, double, object, type ValueOf, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { queueTable } from './message-queue.ts';

const topicOffset = object({ minOffset: whole, maxOffset: whole, lastUpdateTimestamp: defaulted(whole, 0) });

export type TopicOffset = ValueOf<typeof topicOffset>;

/** The extent of each queue of a topic: the answer to GET_TOPIC_STATS_INFO. */
export const topicStatsTable = defineBody(
  'TopicStatsTable',
  object({ offsetTable: defaulted(queueTable(topicOffset), []), topicPutTps: defaulted(double, 0) }),
);

export type TopicStatsTable = BodyOf<typeof topicStatsTable>;
