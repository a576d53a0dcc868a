import {
  anyRecord,
  defaulted,
  flag,
  list,
  map,
  object,
  optional,
  plainMap,
  text,
  textRecord,
  whole,
} from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { dataVersion } from './data-version.ts';

const simpleSubscriptionData = object({
  topic: optional(text),
  expressionType: optional(text),
  expression: optional(text),
  version: defaulted(whole, 0),
});

const codec = object({
  groupName: text,
  consumeEnable: defaulted(flag, true),
  consumeFromMinEnable: defaulted(flag, true),
  consumeBroadcastEnable: defaulted(flag, true),
  consumeMessageOrderly: defaulted(flag, false),
  retryQueueNums: defaulted(whole, 1),
  retryMaxTimes: defaulted(whole, 16),
  groupRetryPolicy: defaulted(anyRecord, { type: 'CUSTOMIZED' }),
  brokerId: defaulted(whole, 0),
  whichBrokerWhenConsumeSlowly: defaulted(whole, 1),
  notifyConsumerIdsChangedEnable: defaulted(flag, true),
  groupSysFlag: defaulted(whole, 0),
  consumeTimeoutMinute: defaulted(whole, 15),
  subscriptionDataSet: optional(list(simpleSubscriptionData)),
  attributes: defaulted(textRecord, {}),
});

/** The settings of one subscription group; absent members mean RocketMQ's defaults. */
export const subscriptionGroupConfig = defineBody('SubscriptionGroupConfig', codec);

export type SubscriptionGroupConfig = BodyOf<typeof subscriptionGroupConfig>;

/** All subscription groups of a broker. */
export const subscriptionGroupTable = defineBody(
  'SubscriptionGroupWrapper',
  object({
    subscriptionGroupTable: map(codec),
    forbiddenTable: defaulted(plainMap(plainMap(whole)), {}),
    dataVersion,
  }),
);

export type SubscriptionGroupTable = BodyOf<typeof subscriptionGroupTable>;
