import type { BrokerSetStatus } from '../../src/http/status-source.ts';
import type { LiveBrokers } from './live-brokers.ts';
import { type ControllerState, masterAddress } from './state/broker-set.ts';

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
