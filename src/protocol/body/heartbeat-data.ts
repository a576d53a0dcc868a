import { defaulted, flag, list, object, text, type ValueOf, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { subscriptionData } from './subscription-data.ts';

const producerData = object({ groupName: text });

const consumerData = object({
  groupName: text,
  /** CONSUME_ACTIVELY (pull), CONSUME_PASSIVELY (push) or CONSUME_POP. */
  consumeType: defaulted(text, 'CONSUME_PASSIVELY'),
  /** CLUSTERING or BROADCASTING. */
  messageModel: defaulted(text, 'CLUSTERING'),
  /** CONSUME_FROM_LAST_OFFSET, CONSUME_FROM_FIRST_OFFSET or CONSUME_FROM_TIMESTAMP. */
  consumeFromWhere: defaulted(text, 'CONSUME_FROM_LAST_OFFSET'),
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
