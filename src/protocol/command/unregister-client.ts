import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** A client leaves a group. */
export const unregisterClient = defineCommand({
  code: RequestCode.UNREGISTER_CLIENT,
  name: 'UNREGISTER_CLIENT',
  request: {
    clientID: 'string',
    producerGroup: 'string?',
    consumerGroup: 'string?',
  },
});

export type UnregisterClientRequest = RequestOf<typeof unregisterClient>;
