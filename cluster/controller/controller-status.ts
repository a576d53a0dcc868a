import type { LiveBrokers } from './live-brokers.ts';
import { type ControllerState, masterAddress } from './state/broker-set.ts';

/** One broker set, for status pages and metrics. */
export interface BrokerSetStatus {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly masterBrokerId: number | undefined;
  readonly masterAddress: string | undefined;
  readonly masterEpoch: number;
  readonly syncStateSet: readonly number[];
  readonly syncStateSetEpoch: number;
  readonly replicas: readonly { readonly brokerId: number; readonly address: string; readonly alive: boolean }[];
}

/** The state as this controller knows it, sorted by name. */
export function brokerSetStatuses(state: ControllerState, live: LiveBrokers, nowMs: number): BrokerSetStatus[] {
  const sets = [...state.values()].sort((a, b) => (a.brokerName < b.brokerName ? -1 : 1));
  return sets.map((set) => {
    const { clusterName, brokerName, masterEpoch, syncStateSet, syncStateSetEpoch } = set;
    const replicas = [...set.replicas].map(([brokerId, { address }]) => {
      return { brokerId, address, alive: live.isAlive(brokerName, brokerId, nowMs) };
    });
    return {
      clusterName,
      brokerName,
      masterBrokerId: set.masterId,
      masterAddress: masterAddress(set),
      masterEpoch,
      syncStateSet,
      syncStateSetEpoch,
      replicas,
    };
  });
}
