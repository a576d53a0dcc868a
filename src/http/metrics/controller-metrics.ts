import type { BrokerSetStatus, ControllerStatus } from '../status-source.ts';
import { counter, gauge, type MetricFamily } from './exposition.ts';

/** Broker sets and their elections, where RocketMQ has a name for it under that name (ControllerMetricsConstant.java). */
export function controllerMetrics({ masterElections, brokerSets }: ControllerStatus): MetricFamily[] {
  const perSet = (pick: (set: BrokerSetStatus) => number) =>
    brokerSets.map((set) => ({ labels: { cluster: set.clusterName, broker_set: set.brokerName }, value: pick(set) }));
  const { elected, kept, nobody } = masterElections;
  return [
    gauge(
      'active_broker_num',
      'Brokers that send heartbeats.',
      perSet(({ replicas }) => replicas.filter(({ alive }) => alive).length),
    ),
    counter('election_total', 'Elections of masters by how they ended.', [
      { labels: { election_result: 'new_master_elected' }, value: elected },
      { labels: { election_result: 'keep_current_master' }, value: kept },
      { labels: { election_result: 'no_master_elected' }, value: nobody },
    ]),
    gauge(
      'ledgermq_controller_has_master',
      '1 while the broker set has a master.',
      perSet(({ masterBrokerId }) => Number(masterBrokerId !== undefined)),
    ),
    gauge(
      'ledgermq_controller_master_epoch',
      'Changes of the master.',
      perSet(({ masterEpoch }) => masterEpoch),
    ),
    gauge(
      'ledgermq_controller_in_sync_replicas',
      'Replicas in the SyncStateSet.',
      perSet(({ syncStateSet }) => syncStateSet.length),
    ),
  ];
}
