import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import { asyncRule, type ConfirmRule, syncRule } from './confirm-rules.ts';
import type { HaLimits, ReplicaIdentity } from './master-role.ts';

/** How exact a slave's time limit is: a tenth of it. */
const LOOKS_PER_TIMEOUT = 10;

export function haLimits(config: BrokerConfig): HaLimits {
  return {
    beatMs: config.haSendHeartbeatInterval,
    silenceMs: config.haHousekeepingInterval,
    lookMs: Math.max(1, Math.ceil(config.slaveTimeout / LOOKS_PER_TIMEOUT)),
    stockBatchBytes: config.haTransferBatchSize,
  };
}

export function replicaIdentity(config: BrokerConfig, brokerId: number): ReplicaIdentity {
  return {
    cluster: config.brokerClusterName,
    brokerName: config.brokerName,
    brokerId,
    address: formatAddress({ host: config.brokerIP1, port: config.listenPort }),
    fileBytes: config.mappedFileSizeCommitLog,
  };
}

/** A SYNC_MASTER waits for one slave at least, as in RocketMQ 4.9; 5.x does not wait at all by its default inSyncReplicas=1. */
const FEWEST_COPIES = 2;

/** What a master without a Controller waits for. */
export function masterRule(config: BrokerConfig): ConfirmRule {
  if (config.brokerRole !== 'SYNC_MASTER') return asyncRule;
  return syncRule({
    copies: Math.max(FEWEST_COPIES, config.inSyncReplicas),
    maxLagBytes: Math.min(config.haSlaveFallbehindMax, config.haMaxGapNotInSync),
    timeoutMs: config.slaveTimeout,
  });
}
