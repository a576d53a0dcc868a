import { versionName } from '../protocol/codes.ts';
import type { ClientChannel } from './client-manager/client-channel.ts';
import type { ConsumerGroup } from './client-manager/consumer-group.ts';
import { splitOffsetKey } from './offset/offset-table.ts';
import type { BrokerParts } from './parts.ts';
import { RETRY_PREFIX } from './topic/system-topics.ts';

/** Messages and bytes of one topic since the start of this process. */
export interface TopicFigures {
  readonly topic: string;
  readonly system: boolean;
  readonly messages: number;
  readonly bytes: number;
}

/** The same of one group in one topic. */
export interface GroupFigures extends TopicFigures {
  readonly group: string;
  readonly retry: boolean;
}

/** Connections of clients of one kind. */
export interface ConnectionFigures {
  /** Consumer group; '' for producers. */
  readonly group: string;
  readonly language: string;
  /** Such as V5_3_3. */
  readonly version: string;
  /** CONSUME_PASSIVELY, CONSUME_ACTIVELY, CONSUME_POP; '' for producers. */
  readonly consumeType: string;
  readonly count: number;
}

/** Messages that a group has not consumed yet, as far as it has offsets. */
export interface LagFigures {
  readonly group: string;
  readonly topic: string;
  readonly retry: boolean;
  readonly messages: number;
}

/** Figures for metrics; made when asked for. */
export interface BrokerFigures {
  readonly received: readonly TopicFigures[];
  readonly delivered: readonly GroupFigures[];
  readonly producers: readonly ConnectionFigures[];
  readonly consumers: readonly ConnectionFigures[];
  readonly lags: readonly LagFigures[];
}

export function brokerFigures(parts: BrokerParts): BrokerFigures {
  return {
    received: receivedFigures(parts),
    delivered: deliveredFigures(parts),
    producers: countConnections(parts.producers.groups().flatMap((name) => asProducers(parts, name))),
    consumers: countConnections(parts.consumers.groups().flatMap(asConsumers)),
    lags: lagFigures(parts),
  };
}

function receivedFigures({ stats, state }: BrokerParts): TopicFigures[] {
  return stats.keys('TOPIC_PUT_NUMS').map((topic) => ({
    topic,
    system: state.topics.isSystem(topic),
    messages: stats.total('TOPIC_PUT_NUMS', topic),
    bytes: stats.total('TOPIC_PUT_SIZE', topic),
  }));
}

function deliveredFigures({ stats, state }: BrokerParts): GroupFigures[] {
  return stats.keys('GROUP_GET_NUMS').map((key) => {
    const [topic, group] = splitOffsetKey(key);
    return {
      topic,
      group,
      system: state.topics.isSystem(topic),
      retry: topic.startsWith(RETRY_PREFIX),
      messages: stats.total('GROUP_GET_NUMS', key),
      bytes: stats.total('GROUP_GET_SIZE', key),
    };
  });
}

interface ClientOf {
  readonly client: ClientChannel;
  readonly group: string;
  readonly consumeType: string;
}

function asProducers({ producers }: BrokerParts, name: string): ClientOf[] {
  return (producers.clientsOf(name) ?? []).map((client) => ({ client, group: '', consumeType: '' }));
}

function asConsumers(group: ConsumerGroup): ClientOf[] {
  return group.clients().map((client) => ({ client, group: group.name, consumeType: group.consumeType }));
}

/** A client with several groups counts once in each, and a producer once per group it is in. */
function countConnections(clients: readonly ClientOf[]): ConnectionFigures[] {
  const counts = new Map<string, ConnectionFigures>();
  for (const { client, group, consumeType } of clients) {
    const { language } = client;
    const version = versionName(client.version);
    const key = [group, language, version, consumeType].join('\n');
    const count = (counts.get(key)?.count ?? 0) + 1;
    counts.set(key, { group, language, version, consumeType, count });
  }
  return [...counts.values()];
}

function lagFigures({ state, store }: BrokerParts): LagFigures[] {
  return state.offsets.keys().flatMap((key) => {
    const [topic, group] = splitOffsetKey(key);
    const known = state.topics.get(topic);
    if (known === undefined) return [];
    let messages = 0;
    for (let queueId = 0; queueId < known.readQueueNums; queueId++) {
      const offset = state.offsets.get(group, topic, queueId);
      if (offset !== undefined) messages += Math.max(0, store.maxOffset(topic, queueId) - offset);
    }
    return [{ group, topic, retry: topic.startsWith(RETRY_PREFIX), messages }];
  });
}
