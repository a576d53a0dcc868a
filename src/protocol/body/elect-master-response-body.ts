import { defaulted, numberMap, object, optional, set, text, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** The answer to CONTROLLER_ELECT_MASTER: all replicas by their controller ids (absent if the master stayed), and who is in sync. */
export const electMasterResponseBody = defineBody(
  'ElectMasterResponseBody',
  object({
    brokerMemberGroup: optional(object({ cluster: text, brokerName: text, brokerAddrs: numberMap(text) })),
    syncStateSet: defaulted(set(whole), new Set()),
  }),
);

export type ElectMasterResponseBody = BodyOf<typeof electMasterResponseBody>;
