import { type Answer, BrokerClient } from '../client/broker-client.ts';
import { ClientError } from '../client/errors.ts';
import { NameServerClient } from '../client/name-server-client.ts';
import { parseNameServers } from '../client/options.ts';
import type { Platform } from '../platform/ports.ts';
import type { BrokerData } from '../protocol/body/broker-data.ts';
import { type ClusterInfo, clusterInfo } from '../protocol/body/cluster-info.ts';
import { type ConsumerConnection, consumerConnection } from '../protocol/body/consumer-connection.ts';
import { type KVTable, kvTable } from '../protocol/body/kv-table.ts';
import { topicList } from '../protocol/body/topic-list.ts';
import { type TopicRouteData, topicRouteData } from '../protocol/body/topic-route-data.ts';
import { BodyError } from '../protocol/body-error.ts';
import { getBrokerRuntimeInfo } from '../protocol/command/get-broker-runtime-info.ts';
import { getClusterInfo } from '../protocol/command/get-cluster-info.ts';
import { getConsumerConnections } from '../protocol/command/get-consumer-connections.ts';
import { getRouteInfo } from '../protocol/command/get-route-info.ts';
import { getTopicList } from '../protocol/command/get-topic-list.ts';
import type { BodyDefinition } from '../protocol/define-body.ts';
import { ResponseCode } from '../protocol/response-code.ts';
import type { CommandDefinition } from '../protocol/schema.ts';
import { RemotingClient } from '../remoting/client.ts';
import { AdminError, UsageError } from './admin-error.ts';
import { javaHashOrder } from './format/java-hash-order.ts';
import { suggestion } from './near-miss.ts';

const PATIENCE_MS = 5_000;
const MASTER_ID = 0;
export const RETRY_PREFIX = '%RETRY%';
export const DLQ_PREFIX = '%DLQ%';

/** The members of one broker group: brokers by their id. */
type Members = ReadonlyMap<number, string>;

/** What the commands ask of name servers and brokers. Throws AdminError and ClientError. */
export class AdminSession {
  readonly platform: Platform;
  readonly #remoting: RemotingClient;
  readonly #brokers: BrokerClient;
  readonly #nameServerList: string | undefined;
  #nameServers: NameServerClient | undefined;

  /** `nameServers` may be missing: some commands need none. */
  constructor(platform: Platform, nameServers: string | undefined) {
    this.platform = platform;
    this.#remoting = new RemotingClient({ platform });
    this.#brokers = new BrokerClient(this.#remoting);
    this.#nameServerList = nameServers;
  }

  get nameServers(): NameServerClient {
    if (this.#nameServers === undefined) {
      const list = this.#nameServerList;
      if (list === undefined || list.trim() === '') {
        throw new UsageError('No name server is given. Give -n host:port, or set NAMESRV_ADDR.');
      }
      this.#nameServers = new NameServerClient(this.#brokers, { addresses: parseNameServers(list), firstIndex: 0 });
    }
    return this.#nameServers;
  }

  /** Asks a broker, a controller, or one particular name server; the answer is good, or it throws. */
  ask<Request extends object, Response extends object>(
    definition: CommandDefinition<Request, Response>,
    address: string,
    header: Request,
    body?: Uint8Array,
  ) {
    return this.#brokers.request(definition, address, header, body, { timeoutMs: PATIENCE_MS });
  }

  /** As `ask`; answers with one of these codes are good, too. */
  accept<Request extends object, Response extends object>(
    definition: CommandDefinition<Request, Response>,
    address: string,
    header: Request,
    accept: readonly number[],
    body?: Uint8Array,
  ): Promise<Answer<Response>> {
    return this.#brokers.ask(definition, address, header, body, { timeoutMs: PATIENCE_MS, accept });
  }

  /** Asks for a body of a known form. */
  async askFor<Request extends object, Body>(
    definition: CommandDefinition<Request, object>,
    address: string,
    header: Request,
    form: BodyDefinition<Body>,
    asked?: Uint8Array,
  ): Promise<Body> {
    const { body } = await this.ask(definition, address, header, asked);
    return decoded(form, body, address);
  }

  async clusterInfo(): Promise<ClusterInfo> {
    const { body } = await this.nameServers.request(getClusterInfo, {});
    return decoded(clusterInfo, body, 'the name server');
  }

  /** Names of all topics with a route, in the order of the answer. */
  async topicNames(): Promise<readonly string[]> {
    const { body } = await this.nameServers.request(getTopicList, {});
    return decoded(topicList, body, 'the name server').topicList;
  }

  /** Undefined if the name server knows no such topic. */
  async findRoute(topic: string): Promise<TopicRouteData | undefined> {
    const accept = [ResponseCode.TOPIC_NOT_EXIST];
    const { code, body } = await this.nameServers.ask(getRouteInfo, { topic }, { accept });
    return code === ResponseCode.SUCCESS ? decoded(topicRouteData, body, 'the name server') : undefined;
  }

  async route(topic: string): Promise<TopicRouteData> {
    const route = await this.findRoute(topic);
    if (route !== undefined) return route;
    const near = suggestion(topic, await this.topicNames());
    throw new AdminError(`There is no topic "${topic}": no broker has registered it with the name server.${near}`);
  }

  /** One member of each broker group that has the topic: the master, or any other while there is none. */
  async brokersOf(topic: string): Promise<string[]> {
    return oneOfEach(await this.route(topic));
  }

  /** One member of each broker group that serves a consumer group. */
  async brokersOfGroup(group: string): Promise<string[]> {
    const route = await this.findRoute(RETRY_PREFIX + group);
    if (route !== undefined) return oneOfEach(route);
    throw new AdminError(`There is no consumer group "${group}".${suggestion(group, await this.groupNames())}`);
  }

  /** Consumer groups that have ever consumed in clustering mode: those with a retry topic, in the order of the topics. */
  async groupNames(): Promise<string[]> {
    const topics = await this.topicNames();
    return topics.filter((topic) => topic.startsWith(RETRY_PREFIX)).map((topic) => topic.slice(RETRY_PREFIX.length));
  }

  /** The broker groups of a cluster, sorted by name. */
  async brokerGroups(cluster: string, info?: ClusterInfo): Promise<{ name: string; members: Members }[]> {
    const { clusterAddrTable, brokerAddrTable } = info ?? (await this.clusterInfo());
    const names = clusterAddrTable.get(cluster);
    if (names === undefined) {
      const known = [...clusterAddrTable.keys()];
      const hint = known.length === 0 ? 'No broker is registered.' : `There are: ${known.join(', ')}.`;
      throw new AdminError(`There is no cluster "${cluster}".${suggestion(cluster, known)} ${hint}`);
    }
    return [...names].sort().map((name) => ({ name, members: brokerAddrTable.get(name)?.brokerAddrs ?? new Map() }));
  }

  /** Addresses of the masters of a cluster. Throws if one of its broker groups has none now: a change would reach only a part. */
  async masters(cluster: string): Promise<string[]> {
    const groups = await this.brokerGroups(cluster);
    const masters = groups.map(({ name, members }) => {
      const master = members.get(MASTER_ID);
      if (master !== undefined) return master;
      throw new AdminError(
        `Broker ${name} of cluster ${cluster} has no master now; nothing was changed. Try again soon.`,
      );
    });
    return javaHashOrder(masters);
  }

  runtimeInfo(address: string): Promise<KVTable> {
    return this.askFor(getBrokerRuntimeInfo, address, {}, kvTable);
  }

  /** The live members of a consumer group as one broker sees them. Throws a ClientError with code 206 if there are none. */
  consumerConnection(address: string, consumerGroup: string): Promise<ConsumerConnection> {
    return this.askFor(getConsumerConnections, address, { consumerGroup }, consumerConnection);
  }

  close(): void {
    this.#remoting.close();
  }
}

/** True for an answer with this code. */
export function hasCode(error: unknown, code: number): error is ClientError {
  return error instanceof ClientError && error.responseCode === code;
}

/** The master of a broker group, or any other member while there is none; undefined for a group without members. */
export function memberToAsk({ brokerAddrs }: BrokerData): string | undefined {
  return brokerAddrs.get(MASTER_ID) ?? [...brokerAddrs.values()][0];
}

/** The members to ask where each broker group knows the answer. */
export function oneOfEach({ brokerDatas }: TopicRouteData): string[] {
  return brokerDatas.map(memberToAsk).filter((address) => address !== undefined);
}

function decoded<Body>(form: BodyDefinition<Body>, bytes: Buffer, from: string): Body {
  const body = form.decode(bytes);
  if (body instanceof BodyError) throw new AdminError(`The answer of ${from} cannot be read: ${body.message}.`);
  return body;
}
