import { numberMap, object, optional, text } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** The addresses of one broker name by id: the answer to GET_BROKER_MEMBER_GROUP. */
export const brokerMemberGroup = defineBody(
  'GetBrokerMemberGroupResponseBody',
  object({
    brokerMemberGroup: optional(object({ cluster: text, brokerName: text, brokerAddrs: numberMap(text) })),
  }),
);

export type BrokerMemberGroup = BodyOf<typeof brokerMemberGroup>;
