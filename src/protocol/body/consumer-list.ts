import { defaulted, list, object, text } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** Client ids of a group: the answer to GET_CONSUMER_LIST_BY_GROUP. */
export const consumerList = defineBody(
  'GetConsumerListByGroupResponseBody',
  object({ consumerIdList: defaulted(list(text), []) }),
);

export type ConsumerList = BodyOf<typeof consumerList>;
