import { defaulted, list, object, text, type ValueOf, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** One connected client. `version` is an ordinal of MQVersion. */
export const clientConnection = object({
  clientId: text,
  clientAddr: text,
  language: defaulted(text, 'OTHER'),
  version: defaulted(whole, 0),
});

export type ClientConnection = ValueOf<typeof clientConnection>;

/** Who produces in a group: the answer to GET_PRODUCER_CONNECTION_LIST. */
export const producerConnection = defineBody(
  'ProducerConnection',
  object({ connectionSet: defaulted(list(clientConnection), []) }),
);

export type ProducerConnection = BodyOf<typeof producerConnection>;
