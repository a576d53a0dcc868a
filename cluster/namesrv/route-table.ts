import type { DataVersion } from '../../src/protocol/body/data-version.ts';
import { Permission } from '../../src/protocol/message/flags.ts';
import { type BrokerGroup, BrokerGroups } from './broker-groups.ts';
import { LiveBrokers } from './live-brokers.ts';
import { type QueueData, TopicQueues } from './topic-queues.ts';

const MASTER_ID = 0;

/** The part of a topic's configuration that routes need. */
export interface RegisteredTopic {
  readonly topicName: string;
  readonly readQueueNums: number;
  readonly writeQueueNums: number;
  readonly perm: number;
  readonly topicSysFlag: number;
}

/** One broker's full registration. */
export interface Registration {
  readonly cluster: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly address: string;
  readonly haServerAddress: string;
  /** Milliseconds without a sign of life after which the broker is forgotten. */
  readonly timeoutMs: number;
  /** Undefined for a broker that does not know the setting (before 5.0). */
  readonly enableActingMaster: boolean | undefined;
  readonly topics: readonly RegisteredTopic[];
  readonly dataVersion: DataVersion;
  readonly connectionId: number;
  /** Topics of the group that are not in `topics` are forgotten. */
  readonly deleteMissingTopics: boolean;
}

export type RegisterResult =
  | {
      readonly kind: 'registered';
      readonly isNew: boolean;
      readonly masterAddress?: string;
      readonly haServerAddress?: string;
    }
  /** Another address holds this id with a higher state version: nothing was changed. */
  | { readonly kind: 'stale'; readonly knownAddress: string }
  /** The first registration of an id must bring its whole topic table. */
  | { readonly kind: 'incomplete' };

/** What clients ask for. */
export interface TopicRoute {
  readonly queues: readonly QueueData[];
  readonly groups: readonly BrokerGroup[];
}

/**
 * All that a name server knows of brokers and topics; pure state, the time is an argument (monotonic milliseconds). The rules are
 * those of RocketMQ's RouteInfoManager, so that its brokers and ours may register side by side.
 */
export class RouteTable {
  readonly #groups = new BrokerGroups();
  readonly #queues = new TopicQueues();
  readonly #live = new LiveBrokers();

  /** Takes in what a broker told about itself. */
  register(registration: Registration, nowMs: number): RegisterResult {
    const { cluster, brokerName, brokerId, address } = registration;
    const isFirstOfGroup = this.#groups.get(brokerName) === undefined;
    const group = this.#groups.ensure(cluster, brokerName);
    group.enableActingMaster = registration.enableActingMaster === true;
    for (const [id, known] of [...group.addresses]) {
      if (known === address && id !== brokerId) group.addresses.delete(id);
    }
    const known = group.addresses.get(brokerId);
    if (known !== undefined && known !== address && this.#isOutvoted(registration, known)) {
      this.#live.remove(cluster, address);
      return { kind: 'stale', knownAddress: known };
    }
    if (known === undefined && registration.topics.length === 1) {
      this.#groups.removeIfEmpty(group);
      return { kind: 'incomplete' };
    }
    group.addresses.set(brokerId, address);
    if (this.#speaksForGroup(registration, group)) {
      this.#takeTopics(registration, isFirstOfGroup || known === undefined, group.enableActingMaster);
    }
    const { haServerAddress, timeoutMs, dataVersion, connectionId } = registration;
    const live = { cluster, address, haServerAddress, timeoutMs, dataVersion, connectionId, lastSeenMs: nowMs };
    return { kind: 'registered', isNew: this.#live.put(live), ...this.#masterOf(group, brokerId) };
  }

  /** A broker says goodbye. */
  unregister(cluster: string, brokerName: string, address: string): void {
    this.#live.remove(cluster, address);
    if (this.#groups.removeAddress(brokerName, address)) this.#queues.removeBroker(brokerName);
  }

  /** Forgets the brokers that were silent for too long; returns their addresses. */
  expire(nowMs: number): string[] {
    return this.#live.expired(nowMs).map((broker) => this.#forget(broker.cluster, broker.address));
  }

  /** Forgets at once the brokers that registered on a connection that is closed now; returns their addresses. */
  connectionClosed(connectionId: number): string[] {
    return this.#live.onConnection(connectionId).map((broker) => this.#forget(broker.cluster, broker.address));
  }

  /** A sign of life without a registration. */
  touch(cluster: string, address: string, nowMs: number): void {
    this.#live.touch(cluster, address, nowMs);
  }

  /** The version of the topic table that an address registered with last. */
  dataVersion(cluster: string, address: string): DataVersion | undefined {
    return this.#live.get(cluster, address)?.dataVersion;
  }

  /** The route of a topic, or undefined if no living broker group has it. */
  route(topic: string): TopicRoute | undefined {
    const queues = this.#queues.of(topic);
    if (queues === undefined) return undefined;
    const groups = queues.flatMap((data) => this.#groups.get(data.brokerName) ?? []);
    return groups.length === 0 ? undefined : { queues, groups };
  }

  groups(): BrokerGroup[] {
    return [...this.#groups.all()];
  }

  group(brokerName: string): BrokerGroup | undefined {
    return this.#groups.get(brokerName);
  }

  /** Broker names by cluster. */
  clusters(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#groups.clusters();
  }

  topics(): string[] {
    return this.#queues.names();
  }

  topicsOfCluster(cluster: string): string[] {
    return this.#queues.namesOf(this.#groups.clusters().get(cluster) ?? new Set());
  }

  /** Forgets a topic, in one cluster or everywhere; a broker that still has it brings it back when it registers a change. */
  deleteTopic(topic: string, cluster?: string): void {
    if (cluster === undefined) this.#queues.remove(topic);
    else this.#queues.remove(topic, this.#groups.clusters().get(cluster) ?? new Set());
  }

  /** Returns the number of topics of that broker group. */
  wipeWritePermission(brokerName: string): number {
    return this.#queues.wipeWrite(brokerName);
  }

  addWritePermission(brokerName: string): number {
    return this.#queues.addWrite(brokerName);
  }

  #isOutvoted(registration: Registration, knownAddress: string): boolean {
    const known = this.#live.get(registration.cluster, knownAddress);
    return known !== undefined && known.dataVersion.stateVersion > registration.dataVersion.stateVersion;
  }

  /** Topics are taken from the master; without one, from the lowest id of a group whose brokers know acting masters. */
  #speaksForGroup(registration: Registration, group: BrokerGroup): boolean {
    if (registration.brokerId === MASTER_ID) return true;
    return (
      registration.enableActingMaster !== undefined && registration.brokerId === Math.min(...group.addresses.keys())
    );
  }

  #takeTopics(registration: Registration, isFirst: boolean, actingMaster: boolean): void {
    const { brokerName, cluster, address, brokerId } = registration;
    const kept = actingMaster && brokerId !== MASTER_ID ? ~Permission.WRITE : ~0;
    const known = this.#live.get(cluster, address)?.dataVersion;
    if (registration.deleteMissingTopics) this.#deleteMissing(registration);
    const changed = isFirst || known === undefined || !sameVersion(known, registration.dataVersion);
    for (const topic of registration.topics) {
      if (!changed && this.#queues.has(topic.topicName, brokerName)) continue;
      const { readQueueNums, writeQueueNums, topicSysFlag } = topic;
      const perm = topic.perm & kept;
      this.#queues.put(topic.topicName, { brokerName, readQueueNums, writeQueueNums, perm, topicSysFlag });
    }
  }

  #deleteMissing({ brokerName, topics }: Registration): void {
    const group = new Set([brokerName]);
    const kept = new Set(topics.map((topic) => topic.topicName));
    for (const topic of this.#queues.namesOf(group)) {
      if (!kept.has(topic)) this.#queues.remove(topic, group);
    }
  }

  #masterOf(group: BrokerGroup, brokerId: number): { masterAddress?: string; haServerAddress?: string } {
    const masterAddress = brokerId === MASTER_ID ? undefined : group.addresses.get(MASTER_ID);
    const live = masterAddress === undefined ? undefined : this.#live.get(group.cluster, masterAddress);
    return masterAddress === undefined || live === undefined
      ? {}
      : { masterAddress, haServerAddress: live.haServerAddress };
  }

  #forget(cluster: string, address: string): string {
    this.#live.remove(cluster, address);
    for (const brokerName of this.#groups.namesAt(address)) {
      if (this.#groups.removeAddress(brokerName, address)) this.#queues.removeBroker(brokerName);
    }
    return address;
  }
}

/** Two versions are the same if every part is (DataVersion.equals). */
export function sameVersion(a: DataVersion, b: DataVersion): boolean {
  return a.stateVersion === b.stateVersion && a.counter === b.counter && a.timestamp === b.timestamp;
}
