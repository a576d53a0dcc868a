import { defaulted, enumeration, flag, list, object, text, type ValueOf, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { subscriptionData } from './subscription-data.ts';

const producerData = object({ groupName: text });

/** CONSUME_ACTIVELY: pull, CONSUME_PASSIVELY: push. */
const consumeType = enumeration(['CONSUME_ACTIVELY', 'CONSUME_PASSIVELY', 'CONSUME_POP']);

const messageModel = enumeration(['BROADCASTING', 'CLUSTERING']);

/** Those in the middle are deprecated and mean the first. */
const consumeFromWhere = enumeration([
  'CONSUME_FROM_LAST_OFFSET',
  'CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST',
  'CONSUME_FROM_MIN_OFFSET',
  'CONSUME_FROM_MAX_OFFSET',
  'CONSUME_FROM_FIRST_OFFSET',
  'CONSUME_FROM_TIMESTAMP',
]);

const consumerData = object({
  groupName: text,
  consumeType: defaulted(consumeType, 'CONSUME_PASSIVELY'),
  messageModel: defaulted(messageModel, 'CLUSTERING'),
  consumeFromWhere: defaulted(consumeFromWhere, 'CONSUME_FROM_LAST_OFFSET'),
  subscriptionDataSet: defaulted(list(subscriptionData), []),
  unitMode: defaulted(flag, false),
});

export type ConsumerData = ValueOf<typeof consumerData>;

/** Who a client is and what it does: the body of HEART_BEAT. */
export const heartbeatData = defineBody(
  'HeartbeatData',
  object({
    clientID: text,
    producerDataSet: defaulted(list(producerData), []),
    consumerDataSet: defaulted(list(consumerData), []),
    /** Not 0: second form, in which subscriptions that did not change may be left out. */
    heartbeatFingerprint: defaulted(whole, 0),
    withoutSub: defaulted(flag, false),
  }),
);

export type HeartbeatData = BodyOf<typeof heartbeatData>;
