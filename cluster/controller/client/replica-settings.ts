import { type BrokerConfig, splitList } from '../../../src/broker/config/broker-config.ts';
import { formatAddress } from '../../../src/remoting/address.ts';
import type { ReplicasManagerSettings } from './replicas-manager.ts';

/** What a broker's configuration says about Controller mode. */
export function replicaSettings(config: BrokerConfig): ReplicasManagerSettings {
  return {
    clusterName: config.brokerClusterName,
    brokerName: config.brokerName,
    address: formatAddress({ host: config.brokerIP1, port: config.listenPort }),
    learner: config.asyncLearner,
    controllers: splitList(config.controllerAddr),
    heartbeatMs: config.brokerHeartbeatInterval,
    heartbeatTimeoutMs: config.controllerHeartBeatTimeoutMills,
    electionPriority: config.brokerElectionPriority,
    pollMs: config.syncBrokerMetadataPeriod,
    leaderPollMs: config.syncControllerMetadataPeriod,
  };
}
