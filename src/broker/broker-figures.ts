import type { ClientChannel } from './client-manager/client-channel.ts';
import type { ConsumerGroup } from './client-manager/consumer-group.ts';
import { splitOffsetKey } from './offset/offset-table.ts';
import type { BrokerParts } from './parts.ts';

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
}

/** Connections of clients of one kind. A client counts once in each of its groups. */
export interface ClientFigures {
  /** Consumer group; '' for producers. */
  readonly group: string;
  /** CONSUME_PASSIVELY, CONSUME_ACTIVELY or CONSUME_POP; '' for producers. */
  readonly consumeType: string;
  readonly language: string;
  /** Ordinal of MQVersion. */
  readonly version: number;
  readonly connections: number;
}

/** Messages that a group has not consumed yet, in the queues in which it has an offset. */
export interface LagFigures {
  readonly group: string;
  readonly topic: string;
  readonly system: boolean;
  readonly messages: number;
}

/** Figures for metrics; made when asked for, by a walk over all topics, groups and clients. */
export interface BrokerFigures {
  /** Sum of 4 = read and 2 = write. */
  readonly permission: number;
  readonly received: readonly TopicFigures[];
  readonly delivered: readonly GroupFigures[];
  readonly lags: readonly LagFigures[];
  readonly producers: readonly ClientFigures[];
  readonly consumers: readonly ClientFigures[];
  readonly storageBytes: number;
  /** Confirmed bytes that the queues do not show yet. */
  readonly dispatchBehindBytes: number;
  /** Bytes in the log that are not fsynced yet. */
  readonly flushBehindBytes: number;
}

export function brokerFigures(parts: BrokerParts): BrokerFigures {
  const { store, config, producers, consumers } = parts;
  return {
    permission: config.brokerPermission,
    received: receivedFigures(parts),
    delivered: deliveredFigures(parts),
    lags: lagFigures(parts),
    producers: countClients(producers.groups().flatMap((name) => asProducers(producers.clientsOf(name) ?? []))),
    consumers: countClients(consumers.groups().flatMap(asConsumers)),
    storageBytes: store.endPosition - store.minPosition,
    dispatchBehindBytes: store.confirmedPosition - store.dispatchedPosition,
    flushBehindBytes: store.endPosition - store.syncedPosition,
  };
}

function receivedFigures({ stats, state }: BrokerParts): TopicFigures[] {
  return stats.totals('TOPIC_PUT_NUMS').map(([topic, messages]) => ({
    topic,
    system: state.topics.isSystem(topic),
    messages,
    bytes: stats.total('TOPIC_PUT_SIZE', topic),
  }));
}

function deliveredFigures({ stats, state }: BrokerParts): GroupFigures[] {
  return stats.totals('GROUP_GET_NUMS').map(([key, messages]) => {
    const [topic, group] = splitOffsetKey(key);
    const bytes = stats.total('GROUP_GET_SIZE', key);
    return { topic, group, system: state.topics.isSystem(topic), messages, bytes };
  });
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
    return [{ group, topic, system: state.topics.isSystem(topic), messages }];
  });
}

interface ClientOf {
  readonly client: ClientChannel;
  readonly group: string;
  readonly consumeType: string;
}

function asProducers(clients: readonly ClientChannel[]): ClientOf[] {
  return clients.map((client) => ({ client, group: '', consumeType: '' }));
}

function asConsumers(group: ConsumerGroup): ClientOf[] {
  return group.clients().map((client) => ({ client, group: group.name, consumeType: group.consumeType }));
}

function countClients(clients: readonly ClientOf[]): ClientFigures[] {
  const counts = new Map<string, ClientFigures>();
  for (const { client, group, consumeType } of clients) {
    const { language, version } = client;
    const key = [group, consumeType, language, version].join('\n');
    const connections = (counts.get(key)?.connections ?? 0) + 1;
    counts.set(key, { group, consumeType, language, version, connections });
  }
  return [...counts.values()];
}
