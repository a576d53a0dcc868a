import { syncStateSet } from '../../../src/protocol/body/sync-state-set.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import type { SyncStateSet } from '../../ha/replica-roles.ts';

/** Master and set of now, as a controller told them. */
export interface SetNews {
  /** Undefined: there is none. */
  readonly masterId: number | undefined;
  readonly masterAddress: string | undefined;
  readonly masterEpoch: number;
  readonly syncStateSet: SyncStateSet;
  /** Newest epoch of an unclean election; undefined where nothing is said about it. */
  readonly uncleanEpoch: number | undefined;
  /** Identity of the set; undefined where nothing is said about it. */
  readonly setId: string | undefined;
}

export function encodeSet({ brokerIds, setEpoch }: SyncStateSet): Buffer {
  return syncStateSet.encode({ syncStateSet: new Set(brokerIds), syncStateSetEpoch: setEpoch });
}

/** Undefined for a body that cannot be read. */
export function decodeSet(body: Buffer): SyncStateSet | undefined {
  const set = syncStateSet.decode(body);
  if (set instanceof BodyError) return undefined;
  return { brokerIds: [...set.syncStateSet], setEpoch: set.syncStateSetEpoch };
}
