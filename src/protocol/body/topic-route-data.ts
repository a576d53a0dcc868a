import { defaulted, list, map, object, optional, text, type ValueOf, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { brokerData } from './broker-data.ts';

const queueData = object({
  brokerName: text,
  readQueueNums: whole,
  writeQueueNums: whole,
  perm: whole,
  topicSysFlag: defaulted(whole, 0),
});

export type QueueData = ValueOf<typeof queueData>;

/** Where the queues of a topic are: the answer to GET_ROUTEINFO_BY_TOPIC. */
export const topicRouteData = defineBody(
  'TopicRouteData',
  object({
    orderTopicConf: optional(text),
    queueDatas: defaulted(list(queueData), []),
    brokerDatas: defaulted(list(brokerData), []),
    filterServerTable: defaulted(map(list(text)), new Map()),
  }),
);

export type TopicRouteData = BodyOf<typeof topicRouteData>;
