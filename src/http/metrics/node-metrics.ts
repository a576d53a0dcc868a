import type { NodeStatus, StatusSource } from '../status-source.ts';
import { brokerLabels, brokerMetrics, trafficMetrics } from './broker-metrics.ts';
import { controllerMetrics } from './controller-metrics.ts';
import { counter, formatMetrics, gauge, type Labels, type MetricFamily } from './exposition.ts';
import { raftMetrics } from './raft-metrics.ts';

/** Everything that `/metrics` shows, as it is now. */
export function nodeMetrics(source: StatusSource): string {
  const status = source.status();
  const { broker, raft, nameServer, controller } = status;
  const figures = source.figures();
  const families = [
    ...processMetrics(status),
    ...(broker === undefined ? [] : brokerMetrics(broker)),
    ...(broker === undefined || figures === undefined ? [] : trafficMetrics(broker, figures)),
    ...(raft === undefined ? [] : raftMetrics(raft)),
    ...(nameServer === undefined ? [] : nameServerMetrics(nameServer)),
    ...(controller === undefined ? [] : controllerMetrics(controller)),
  ];
  return formatMetrics(families, commonLabels(status));
}

/** What all samples of a program carry. */
function commonLabels({ broker, raft, controller, nameServer }: NodeStatus): Labels {
  if (broker !== undefined) return brokerLabels(broker);
  const ofController =
    controller === undefined
      ? {}
      : { address: controller.address, group: raft?.groupName ?? '', peer_id: raft?.id ?? '' };
  return { node_type: nameServer === undefined ? 'controller' : 'nameserver', ...ofController };
}

function processMetrics({ notReady, startedAtMs, process }: NodeStatus): MetricFamily[] {
  const { residentBytes, cpuMicros, nodeVersion } = process;
  return [
    gauge('ledgermq_ready', '1 while clients can be served, here or through the leader.', Number(!notReady)),
    gauge('ledgermq_node_info', 'Version of Node.js.', [{ labels: { version: nodeVersion }, value: 1 }]),
    gauge('process_start_time_seconds', 'Start of the process, seconds since the epoch.', startedAtMs / 1_000),
    gauge('process_resident_memory_bytes', 'Resident memory.', residentBytes),
    counter('process_cpu_seconds_total', 'User and system time.', cpuMicros / 1_000_000),
  ];
}

function nameServerMetrics(status: NonNullable<NodeStatus['nameServer']>): MetricFamily[] {
  return [
    gauge('ledgermq_nameserver_brokers', 'Registered brokers.', status.brokers.length),
    gauge('ledgermq_nameserver_topics', 'Topics with a route.', status.topics),
    gauge('ledgermq_connections', 'Open remoting connections.', status.connections),
  ];
}
