import { expect, test } from 'vitest';
import { nodeMetrics } from '../../src/http/metrics/node-metrics.ts';
import type { ControllerStatus, NodeStatus } from '../../src/http/status-source.ts';
import { member, raft, sourceOf } from './sample-status.ts';

const replica = { address: '10.0.0.1:30911', alive: true };
const controller: ControllerStatus = {
  address: '10.0.0.9:9878',
  liveBrokers: 1,
  masterElections: { elected: 3, kept: 1, nobody: 2 },
  brokerSets: [
    {
      clusterName: 'C',
      brokerName: 'b',
      masterBrokerId: undefined,
      masterAddress: undefined,
      masterEpoch: 4,
      syncStateSet: [1, 2],
      syncStateSetEpoch: 9,
      replicas: [
        { brokerId: 1, ...replica },
        { brokerId: 2, ...replica, alive: false },
      ],
    },
  ],
};

const { process, protocolVersion, startedAtMs } = member;
const status: NodeStatus = {
  program: 'mqcontroller',
  protocolVersion,
  notReady: undefined,
  startedAtMs,
  process,
  raft,
  controller,
};

test('a controller shows its sets and elections under the names and constant labels of RocketMQ', () => {
  const text = nodeMetrics(sourceOf(() => status));
  const common = 'node_type="controller",address="10.0.0.9:9878",group="g",peer_id="n0"';
  const lines = text.split('\n');
  expect(lines).toContain(`active_broker_num{${common},cluster="C",broker_set="b"} 1`);
  expect(lines).toContain(`election_total{${common},election_result="new_master_elected"} 3`);
  expect(lines).toContain(`election_total{${common},election_result="no_master_elected"} 2`);
  expect(lines).toContain(`ledgermq_controller_has_master{${common},cluster="C",broker_set="b"} 0`);
  expect(lines).toContain(`ledgermq_controller_master_epoch{${common},cluster="C",broker_set="b"} 4`);
  expect(lines).toContain(`ledgermq_controller_in_sync_replicas{${common},cluster="C",broker_set="b"} 2`);
  expect(lines).toContain(`ledgermq_raft_term{${common}} 7`);
});

test('one inside a name server is told apart from one by itself', () => {
  const nameServer = { state: 'serving', address: '10.0.0.9:9876', connections: 0, topics: 0, brokers: [] };
  const text = nodeMetrics(sourceOf(() => ({ ...status, program: 'mqnamesrv', nameServer })));
  expect(text).toContain('election_total{node_type="nameserver",address="10.0.0.9:9878"');
  expect(text).toContain('ledgermq_nameserver_brokers{node_type="nameserver"');
});
