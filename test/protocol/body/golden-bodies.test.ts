import { describe, expect, it } from 'vitest';
import { clusterInfo } from '../../../src/protocol/body/cluster-info.ts';
import { consumeStats } from '../../../src/protocol/body/consume-stats.ts';
import { consumerConnection } from '../../../src/protocol/body/consumer-connection.ts';
import { consumerList } from '../../../src/protocol/body/consumer-list.ts';
import { consumerOffsetTable } from '../../../src/protocol/body/consumer-offset-table.ts';
import { groupList } from '../../../src/protocol/body/group-list.ts';
import { heartbeatData } from '../../../src/protocol/body/heartbeat-data.ts';
import { kvTable } from '../../../src/protocol/body/kv-table.ts';
import { lockBatchRequest, lockBatchResponse } from '../../../src/protocol/body/lock-batch.ts';
import { registerBrokerBody } from '../../../src/protocol/body/register-broker-body.ts';
import { resetOffsetBody } from '../../../src/protocol/body/reset-offset-body.ts';
import {
  subscriptionGroupConfig,
  subscriptionGroupTable,
} from '../../../src/protocol/body/subscription-group-config.ts';
import { topicConfig } from '../../../src/protocol/body/topic-config.ts';
import { topicList } from '../../../src/protocol/body/topic-list.ts';
import { topicRouteData } from '../../../src/protocol/body/topic-route-data.ts';
import { topicStatsTable } from '../../../src/protocol/body/topic-stats-table.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import { RequestCode, requestName } from '../../../src/protocol/codes.ts';
import type { BodyDefinition } from '../../../src/protocol/define-body.ts';
import { type FastjsonValue, parseFastjson } from '../../../src/protocol/fastjson.ts';
import { decodeOne, readRecordings } from '../recordings.ts';

const OF_REQUEST = new Map<number, BodyDefinition<unknown>>([
  [RequestCode.HEART_BEAT, heartbeatData],
  [RequestCode.LOCK_BATCH_MQ, lockBatchRequest],
  [RequestCode.UNLOCK_BATCH_MQ, lockBatchRequest],
  [RequestCode.REGISTER_BROKER, registerBrokerBody],
  [RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, subscriptionGroupConfig],
]);

const OF_RESPONSE = new Map<number, BodyDefinition<unknown>>([
  [RequestCode.GET_BROKER_RUNTIME_INFO, kvTable],
  [RequestCode.GET_CONSUMER_LIST_BY_GROUP, consumerList],
  [RequestCode.LOCK_BATCH_MQ, lockBatchResponse],
  [RequestCode.GET_ALL_CONSUMER_OFFSET, consumerOffsetTable],
  [RequestCode.GET_ROUTEINFO_BY_TOPIC, topicRouteData],
  [RequestCode.GET_BROKER_CLUSTER_INFO, clusterInfo],
  [RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, subscriptionGroupTable],
  [RequestCode.GET_TOPIC_STATS_INFO, topicStatsTable],
  [RequestCode.GET_CONSUMER_CONNECTION_LIST, consumerConnection],
  [RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, topicList],
  [RequestCode.GET_CONSUME_STATS, consumeStats],
  [RequestCode.INVOKE_BROKER_TO_RESET_OFFSET, resetOffsetBody],
  [RequestCode.QUERY_TOPIC_CONSUME_BY_WHO, groupList],
  [RequestCode.GET_TOPIC_CONFIG, topicConfig],
]);

/** Members of recorded bodies that we leave out: they belong to features that we do not have. */
const LEFT_OUT = ['groupTopicMap', 'mappingDataVersion', 'topicQueueMappingDetailMap', 'topicQueueMappingInfoMap'];

/** Gives the paths at which `before` says something that `after` does not, and fails where they contradict each other. */
function lost(before: FastjsonValue, after: FastjsonValue | undefined, path: string): string[] {
  if (typeof before !== 'object' || before === null) {
    expect({ [path]: after }).toEqual({ [path]: before });
    return [];
  }
  if (Array.isArray(before)) {
    expect((after as FastjsonValue[]).length, path).toBe(before.length);
    return before.flatMap((member, index) => lost(member, (after as FastjsonValue[])[index], `${path}[${index}]`));
  }
  const others = after as Record<string, FastjsonValue>;
  return Object.entries(before).flatMap(([key, member]) =>
    key in others ? lost(member, others[key], `${path}.${key}`) : member === null ? [] : [key],
  );
}

describe('recorded bodies', () => {
  it('decode, and are encoded to the same meaning', () => {
    const seen = new Set<string>();
    const leftOut = new Set<string>();
    for (const { type, code, req_code, frame_base64 } of readRecordings()) {
      const definition = type === 'response' ? OF_RESPONSE.get(req_code ?? -1) : OF_REQUEST.get(code);
      const { body } = decodeOne(Buffer.from(frame_base64, 'base64'));
      if (definition === undefined || body.length === 0 || (type === 'response' && code !== 0)) continue;
      const value = definition.decode(body);
      if (value instanceof BodyError) throw value;
      const encoded = definition.encode(value);
      expect(definition.decode(encoded)).toEqual(value);
      const before = parseFastjson(body.toString()) as FastjsonValue;
      for (const key of lost(before, parseFastjson(encoded.toString()) as FastjsonValue, definition.name))
        leftOut.add(key);
      seen.add(`${type === 'response' ? 'to ' : ''}${requestName(req_code ?? code)}`);
    }
    expect([...leftOut].filter((key) => !LEFT_OUT.includes(key))).toEqual([]);
    const expected = [
      ...[...OF_REQUEST.keys()].map(requestName),
      ...[...OF_RESPONSE.keys()].map((code) => `to ${requestName(code)}`),
    ];
    expect(expected.filter((name) => !seen.has(name)).sort()).toEqual([]);
  });
});
