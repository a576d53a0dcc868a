import { defaulted, list, object, text, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** Epochs of masters with the positions between which they wrote: the answer to GET_BROKER_EPOCH_CACHE. */
export const epochEntryCache = defineBody(
  'EpochEntryCache',
  object({
    clusterName: text,
    brokerName: text,
    brokerId: whole,
    epochList: defaulted(list(object({ epoch: whole, startOffset: whole, endOffset: whole })), []),
    maxOffset: whole,
  }),
);

export type EpochEntryCache = BodyOf<typeof epochEntryCache>;
