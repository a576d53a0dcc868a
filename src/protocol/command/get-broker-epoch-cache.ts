import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Asks a broker where in its log the epochs of its masters began. The body of the answer is an EpochEntryCache. Ours: setId, identity of the set whose log it is, as far as the broker knows it. */
export const getBrokerEpochCache = defineCommand({
  code: RequestCode.GET_BROKER_EPOCH_CACHE,
  name: 'GET_BROKER_EPOCH_CACHE',
  response: {
    setId: 'string?',
  },
});
