import type { BrokerFigures, ClientFigures } from '../../broker/broker-figures.ts';
import type { BrokerStatus } from '../../broker/broker-status.ts';
import { DLQ_PREFIX, RETRY_PREFIX } from '../../broker/topic/system-topics.ts';
import { versionName } from '../../protocol/codes.ts';
import { counter, gauge, type Labels, type MetricFamily } from './exposition.ts';

const PROTOCOL = { protocol_type: 'remoting' } as const;
const STORAGE = { storage_type: 'local', storage_medium: 'disk' } as const;
const CONSUME_MODES: Readonly<Record<string, string>> = {
  CONSUME_ACTIVELY: 'pull',
  CONSUME_PASSIVELY: 'push',
  CONSUME_POP: 'pop',
};

/** Labels that RocketMQ puts on every sample of a broker. */
export function brokerLabels({ clusterName, brokerName }: BrokerStatus): Labels {
  return { node_type: 'broker', cluster: clusterName, node_id: brokerName };
}

/** What a broker is and holds: RocketMQ's names where it has one. */
export function brokerMetrics(status: BrokerStatus): MetricFamily[] {
  const { store } = status;
  return [
    gauge('rocketmq_topic_number', 'Topics, built-in ones included.', status.topics),
    gauge('rocketmq_consumer_group_number', 'Subscription groups, built-in ones included.', status.groups),
    gauge('ledgermq_broker_id', 'Number under which the broker is registered; 0 is the master.', status.brokerId),
    gauge('ledgermq_broker_serving', '1 while the broker serves as master.', Number(status.serving)),
    gauge('ledgermq_connections', 'Open remoting connections.', status.connections),
    gauge('ledgermq_held_pulls', 'Pulls that wait for messages.', status.heldPulls),
    gauge('ledgermq_log_min_position_bytes', 'First byte of the log that is kept.', status.minPosition),
    gauge('ledgermq_log_confirmed_position_bytes', 'Up to here messages can be consumed.', status.confirmedPosition),
    gauge('ledgermq_log_synced_position_bytes', 'Up to here the log is fsynced.', status.syncedPosition),
    gauge('ledgermq_log_end_position_bytes', 'End of the log.', status.endPosition),
    counter('ledgermq_store_put_messages_total', 'Records confirmed in the log.', store.putMessages),
    counter('ledgermq_store_put_refused_total', 'Puts that were refused.', store.putRefused),
    counter('ledgermq_store_put_unknown_total', 'Puts whose outcome is unknown.', store.putUnknown),
    counter('ledgermq_store_get_calls_total', 'Reads of queues.', store.getCalls),
    counter('ledgermq_store_get_messages_total', 'Messages read from queues.', store.getMessages),
    counter('ledgermq_store_get_from_disk_total', 'Reads that memory could not answer.', store.getFromDisk),
    counter('ledgermq_store_flush_errors_total', 'Failed writes of derived files.', store.flushErrors),
  ];
}

/** What goes in and out, per topic and group, and who is connected. */
export function trafficMetrics({ serving }: BrokerStatus, figures: BrokerFigures): MetricFamily[] {
  const received = figures.received.filter(({ topic }) => !isRetry(topic) && !topic.startsWith(DLQ_PREFIX));
  const perTopic = (pick: 'messages' | 'bytes') =>
    received.map((each) => ({ labels: { topic: each.topic, is_system: each.system }, value: each[pick] }));
  const perGroup = (pick: 'messages' | 'bytes') =>
    figures.delivered.map((each) => ({ labels: groupLabels(each), value: each[pick] }));
  // Members that follow would count the same messages again.
  const lags = serving ? figures.lags.map((each) => ({ labels: groupLabels(each), value: each.messages })) : [];
  const stored = (value: number) => [{ labels: STORAGE, value }];
  return [
    gauge('rocketmq_broker_permission', '4 = read, 2 = write, 6 = both.', figures.permission),
    counter('rocketmq_messages_in_total', 'Messages received.', perTopic('messages')),
    counter('rocketmq_throughput_in_total', 'Bytes of records received.', perTopic('bytes')),
    counter('rocketmq_messages_out_total', 'Messages delivered.', perGroup('messages')),
    counter('rocketmq_throughput_out_total', 'Bytes of records delivered.', perGroup('bytes')),
    gauge('rocketmq_consumer_lag_messages', 'Messages that the group has not consumed.', lags),
    gauge('rocketmq_producer_connections', 'Connections of producers.', figures.producers.map(producerSample)),
    gauge('rocketmq_consumer_connections', 'Connections of consumers.', figures.consumers.map(consumerSample)),
    gauge('rocketmq_storage_size_bytes', 'Bytes of the log.', stored(figures.storageBytes)),
    gauge(
      'rocketmq_storage_dispatch_behind_bytes',
      'Confirmed bytes that the queues do not show yet.',
      stored(figures.dispatchBehindBytes),
    ),
    gauge(
      'rocketmq_storage_flush_behind_bytes',
      'Bytes in the log that are not fsynced yet.',
      stored(figures.flushBehindBytes),
    ),
  ];
}

function groupLabels(each: { readonly topic: string; readonly group: string; readonly system: boolean }): Labels {
  const { topic, group, system } = each;
  return { consumer_group: group, topic, is_retry: isRetry(topic), is_system: system };
}

function isRetry(topic: string): boolean {
  return topic.startsWith(RETRY_PREFIX);
}

function producerSample({ language, version, connections }: ClientFigures) {
  return { labels: { ...clientLabels(language, version), ...PROTOCOL }, value: connections };
}

function consumerSample({ group, consumeType, language, version, connections }: ClientFigures) {
  const mode = CONSUME_MODES[consumeType] ?? consumeType.toLowerCase();
  const labels = { consumer_group: group, ...clientLabels(language, version), consume_mode: mode, ...PROTOCOL };
  return { labels: { ...labels, is_system: group.startsWith('CID_RMQ_SYS_') }, value: connections };
}

function clientLabels(language: string, version: number): Labels {
  return { language: language.toLowerCase(), version: versionName(version).toLowerCase() };
}
