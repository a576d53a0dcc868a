import { defaulted, list, map, object, optional, text } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { clientConnection } from './producer-connection.ts';
import { subscriptionData } from './subscription-data.ts';

/** Who consumes in a group: the answer to GET_CONSUMER_CONNECTION_LIST. */
export const consumerConnection = defineBody(
  'ConsumerConnection',
  object({
    connectionSet: defaulted(list(clientConnection), []),
    subscriptionTable: defaulted(map(subscriptionData), new Map()),
    consumeType: optional(text),
    messageModel: optional(text),
    consumeFromWhere: optional(text),
  }),
);

export type ConsumerConnection = BodyOf<typeof consumerConnection>;
