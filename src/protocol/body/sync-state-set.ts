import { defaulted, object, set, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** Controller ids of the replicas that are in sync, and the number of their last change. */
export const syncStateSet = defineBody(
  'SyncStateSet',
  object({ syncStateSet: defaulted(set(whole), new Set()), syncStateSetEpoch: defaulted(whole, 0) }),
);

export type SyncStateSet = BodyOf<typeof syncStateSet>;
