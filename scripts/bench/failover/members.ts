import type { Group, GroupNode } from '../../../cluster/launch/group.ts';
import { readNodeStatus } from '../../../cluster/launch/node-status.ts';
import { BrokerClient } from '../../../src/client/broker-client.ts';
import { ClientError } from '../../../src/client/errors.ts';
import { topicStatsTable } from '../../../src/protocol/body/topic-stats-table.ts';
import { getTopicStats } from '../../../src/protocol/command/get-topic-stats.ts';
import { queryConsumerOffset } from '../../../src/protocol/command/query-consumer-offset.ts';
import { updateConsumerOffset } from '../../../src/protocol/command/update-consumer-offset.ts';
import { updateTopic } from '../../../src/protocol/command/update-topic.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { until } from './until.ts';

/** An offset of a consumer group in one queue. */
export interface Progress {
  readonly consumerGroup: string;
  readonly topic: string;
  readonly queueId: number;
}

const PATIENCE_MS = 1_000;

/**
 * Do all members serve, and does each of them count? One that is in doubt, or in Controller mode outside the SyncStateSet, may not take the place of another
 * that is lost.
 */
export async function areSound(nodes: readonly GroupNode[]): Promise<boolean> {
  const reports = await Promise.all(nodes.map(({ httpUrl }) => readNodeStatus(httpUrl)));
  if (!reports.every((report) => report?.ready === true)) return false;
  if (reports.every((report) => report?.raft !== undefined))
    return reports.every(({ raft } = { ready: false }) => raft?.inDoubt === false);
  const slaves = reports.flatMap((report) => report?.replication?.slaves ?? []);
  return slaves.filter(({ inSyncStateSet }) => inSyncStateSet === true).length === nodes.length - 1;
}

/** Questions to the members of a group one by one, past the routes of clients. */
export class Members {
  readonly #group: Group;
  readonly #remoting: RemotingClient;
  readonly #client: BrokerClient;

  constructor(group: Group) {
    this.#group = group;
    this.#remoting = new RemotingClient({ platform: group.platform });
    this.#client = new BrokerClient(this.#remoting);
  }

  async createTopic(node: GroupNode, topic: string, queues: number): Promise<void> {
    const header = { topic, defaultTopic: 'TBW102', readQueueNums: queues, writeQueueNums: queues, perm: 6 };
    const rest = { topicFilterType: 'SINGLE_TAG', topicSysFlag: 0, order: false, attributes: undefined, force: false };
    await this.#client.request(updateTopic, node.address, { ...header, ...rest });
  }

  /** End of each queue of a topic as this member alone knows it; undefined if it does not answer or does not know the topic. */
  async queueEnds(node: GroupNode, topic: string): Promise<ReadonlyMap<number, number> | undefined> {
    const answer = await this.#unlessAway(
      this.#client.request(getTopicStats, node.address, { topic }, undefined, { timeoutMs: PATIENCE_MS }),
    );
    const table = answer && topicStatsTable.decode(answer.body);
    if (table === undefined || table instanceof Error) return undefined;
    return new Map([...table.offsetTable].map(([{ queueId }, { maxOffset }]) => [queueId, maxOffset]));
  }

  /** Stores an offset without an answer. */
  noteProgress(node: GroupNode, progress: Progress, commitOffset: number): void {
    this.#client.oneway(updateConsumerOffset, node.address, { ...progress, commitOffset });
  }

  /** Stores an offset and waits for the answer, which promises that it is committed. */
  async commitProgress(node: GroupNode, progress: Progress, commitOffset: number): Promise<void> {
    await this.#client.request(updateConsumerOffset, node.address, { ...progress, commitOffset });
  }

  /** The stored offset; 0 without one. */
  async progress(node: GroupNode, progress: Progress): Promise<number> {
    const request = { ...progress, setZeroIfNotFound: true };
    const { header } = await this.#client.request(queryConsumerOffset, node.address, request);
    return header.offset;
  }

  /** Waits until all members say that they are ready and free of doubt, are registered, and hold at least these queue ends of a topic. */
  async untilWhole(topic: string, ends: ReadonlyMap<number, number>, timeoutMs: number): Promise<void> {
    const { nodes, view } = this.#group;
    await until('that every member holds everything', timeoutMs, async () => {
      const info = await view.clusterInfo();
      const registered = [...(info?.brokerAddrTable.values() ?? [])].flatMap(({ brokerAddrs }) => [
        ...brokerAddrs.values(),
      ]);
      if (!nodes.every(({ address }) => registered.includes(address))) return false;
      if (!(await areSound(nodes))) return false;
      const held = await Promise.all(nodes.map((node) => this.queueEnds(node, topic)));
      return held.every((each) => [...ends].every(([queueId, end]) => (each?.get(queueId) ?? 0) >= end));
    });
  }

  close(): void {
    this.#remoting.close();
  }

  async #unlessAway<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof ClientError) return undefined;
      throw error;
    }
  }
}
