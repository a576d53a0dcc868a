import type { BrokerSet, ControllerState, ElectedFrom, Replica } from './broker-set.ts';

type StoredReplica = readonly [id: number, address: string, checkCode: string, learner?: boolean, ...starts: string[]];

/** A broker set as snapshots hold it; equal states give equal texts. */
interface StoredSet
  extends Omit<BrokerSet, 'replicas' | 'masterId' | 'electedFrom' | 'uncleanEpoch' | 'heardEpoch' | 'setId'> {
  readonly replicas: readonly StoredReplica[];
  readonly masterId: number | null;
  readonly electedFrom?: ElectedFrom;
  readonly uncleanEpoch?: number;
  readonly heardEpoch?: number;
  readonly setId?: string;
}

/** The whole state as an object that JSON can hold, sorted. */
export function encodeState(state: ControllerState): { readonly sets: readonly StoredSet[] } {
  return { sets: [...state.keys()].sort().map((name) => stored(state.get(name)!)) };
}

export function decodeState(encoded: unknown): ControllerState {
  const { sets } = encoded as { readonly sets: readonly StoredSet[] };
  return new Map(sets.map((set) => [set.brokerName, restored(set)]));
}

function stored({ clusterName, brokerName, nextBrokerId, replicas, masterId, ...rest }: BrokerSet): StoredSet {
  const rows = [...replicas].sort(([a], [b]) => a - b).map(([id, one]) => row(id, one));
  const { masterEpoch, syncStateSet, syncStateSetEpoch, electedFrom, uncleanEpoch, heardEpoch, setId } = rest;
  return {
    clusterName,
    brokerName,
    nextBrokerId,
    replicas: rows,
    masterId: masterId ?? null,
    masterEpoch,
    syncStateSet,
    syncStateSetEpoch,
    ...(electedFrom === undefined ? {} : { electedFrom }),
    ...(uncleanEpoch === 0 ? {} : { uncleanEpoch }),
    ...(heardEpoch === 0 ? {} : { heardEpoch }),
    ...(setId === undefined ? {} : { setId }),
  };
}

function restored({
  replicas,
  masterId,
  electedFrom,
  uncleanEpoch = 0,
  heardEpoch = 0,
  setId,
  ...rest
}: StoredSet): BrokerSet {
  const byId = replicas.map(([id, address, checkCode, learner = false, ...starts]): [number, Replica] => {
    return [id, { address, checkCode, learner, starts }];
  });
  return {
    ...rest,
    replicas: new Map(byId),
    masterId: masterId ?? undefined,
    electedFrom,
    uncleanEpoch,
    heardEpoch,
    setId,
  };
}

function row(id: number, { address, checkCode, learner, starts }: Replica): StoredReplica {
  if (starts.length > 0) return [id, address, checkCode, learner, ...starts];
  return learner ? [id, address, checkCode, true] : [id, address, checkCode];
}
