import type { StoreCounters } from '../store/store-counters.ts';

/** What a broker tells about itself: for HTTP, tools and tests. */
export interface BrokerStatus {
  readonly brokerName: string;
  readonly clusterName: string;
  /** `brokerIP1:listenPort`. */
  readonly address: string;
  /** 0 = master. */
  readonly brokerId: number;
  readonly serving: boolean;
  readonly epoch: number;
  readonly startedAtMs: number;
  readonly topics: number;
  readonly groups: number;
  readonly producerGroups: number;
  readonly consumerGroups: number;
  readonly connections: number;
  readonly heldPulls: number;
  readonly minPosition: number;
  readonly confirmedPosition: number;
  readonly syncedPosition: number;
  readonly endPosition: number;
  readonly store: Readonly<StoreCounters>;
}
