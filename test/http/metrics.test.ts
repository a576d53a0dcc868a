import { describe, expect, test } from 'vitest';
import { formatMetrics, gauge } from '../../src/http/metrics/exposition.ts';
import { nodeMetrics } from '../../src/http/metrics/node-metrics.ts';
import { member, raft, sourceOf } from './sample-status.ts';

/** The samples of one metric, without the labels that all have. */
function samples(text: string, name: string): string[] {
  const common = 'node_type="broker",cluster="C",node_id="broker-\\"a\\""';
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => line.replace(common, '').replace('{,', '{').replace('{}', ''));
}

test('the text has help, type and escaped labels, and leaves families without samples out', () => {
  const families = [
    gauge('a', 'What a is.', [{ labels: { x: 'q"\\\n' }, value: 1.5 }, { value: 2 }]),
    gauge('b', 'Nothing.', []),
  ];
  expect(formatMetrics(families, { all: true })).toBe(
    '# HELP a What a is.\n# TYPE a gauge\na{all="true",x="q\\"\\\\\\n"} 1.5\na{all="true"} 2\n',
  );
});

test('every line is a comment or a sample, and no name is described twice', () => {
  const text = nodeMetrics(sourceOf(() => member));
  const lines = text.trimEnd().split('\n');
  const sample = /^[a-z_]+(\{([a-z_]+="(\\.|[^"\\])*",?)+\})? -?[\d.e+-]+$/;
  expect(lines.filter((line) => !line.startsWith('# ') && !sample.test(line))).toEqual([]);
  const names = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
  expect(new Set(names).size).toBe(names.length);
  for (const line of lines.filter((each) => each.endsWith(' counter'))) expect(line).toMatch(/_total counter$/);
});

describe('a leader', () => {
  const text = nodeMetrics(sourceOf(() => member));

  test('shows its part in the group', () => {
    expect(samples(text, 'ledgermq_raft_term')).toEqual(['ledgermq_raft_term 7']);
    expect(samples(text, 'ledgermq_raft_role')).toContain('ledgermq_raft_role{role="leader"} 1');
    expect(samples(text, 'ledgermq_raft_role')).toContain('ledgermq_raft_role{role="pre-candidate"} 0');
    expect(samples(text, 'ledgermq_raft_peer_lag_entries')).toEqual([
      'ledgermq_raft_peer_lag_entries{peer="n1"} 2',
      'ledgermq_raft_peer_lag_entries{peer="n2"} 21',
    ]);
    expect(samples(text, 'ledgermq_raft_elections_in_doubt_total')).toEqual([
      'ledgermq_raft_elections_in_doubt_total 1',
    ]);
    expect(samples(text, 'ledgermq_raft_elections_total')).toContain('ledgermq_raft_elections_total{result="won"} 1');
  });

  test('shows traffic under the names of RocketMQ, retries only where they go out', () => {
    expect(samples(text, 'rocketmq_messages_in_total')).toEqual([
      'rocketmq_messages_in_total{topic="T",is_system="false"} 11',
    ]);
    expect(samples(text, 'rocketmq_messages_out_total')).toEqual([
      'rocketmq_messages_out_total{consumer_group="G",topic="%RETRY%G",is_retry="true",is_system="false"} 1',
    ]);
    expect(samples(text, 'rocketmq_consumer_lag_messages')).toEqual([
      'rocketmq_consumer_lag_messages{consumer_group="G",topic="T",is_retry="false",is_system="false"} 9',
    ]);
    expect(samples(text, 'rocketmq_consumer_connections')[0]).toContain('version="v5_3_3",consume_mode="push"');
    expect(samples(text, 'rocketmq_storage_size_bytes')[0]).toContain('} 250');
    expect(samples(text, 'rocketmq_storage_flush_behind_bytes')[0]).toContain('} 50');
    expect(samples(text, 'ledgermq_log_synced_position_bytes')).toEqual(['ledgermq_log_synced_position_bytes 200']);
  });
});

test('a follower shows no lag, of peers or of consumers', () => {
  const status = { ...member, broker: { ...member.broker!, serving: false }, raft: { ...raft, role: 'follower' } };
  const text = nodeMetrics(sourceOf(() => status));
  expect(samples(text, 'ledgermq_raft_peer_lag_entries')).toEqual([]);
  expect(samples(text, 'rocketmq_consumer_lag_messages')).toEqual([]);
  expect(samples(text, 'ledgermq_raft_leader_ready')).toEqual(['ledgermq_raft_leader_ready 0']);
});

test('a name server shows its own', () => {
  const { broker: _broker, raft: _raft, ...rest } = member;
  const brokers = [{ brokerName: 'a', brokerId: 0, address: '10.0.0.1:10911' }];
  const nameServer = { state: 'serving', address: '0.0.0.0:9876', connections: 2, topics: 8, brokers };
  const text = nodeMetrics(sourceOf(() => ({ ...rest, nameServer }), undefined));
  expect(text).toContain('ledgermq_nameserver_brokers{node_type="nameserver"} 1\n');
  expect(text).not.toContain('rocketmq_');
});
