import { assert } from '../base/assert.ts';
import type { Platform, Timer } from '../platform/ports.ts';
import { notifyConsumerIdsChanged } from '../protocol/command/notify-consumer-ids-changed.ts';
import { parseDelayLevels } from '../protocol/message/delay-level.ts';
import { encodeHost } from '../protocol/message/host.ts';
import { RemotingClient } from '../remoting/client.ts';
import { Dispatcher } from '../remoting/dispatcher.ts';
import { listenProblem } from '../remoting/listen-problem.ts';
import type { Connection } from '../remoting/request-context.ts';
import { RemotingServer } from '../remoting/server.ts';
import type { MessageStore } from '../store/message-store.ts';
import { type BrokerFigures, brokerFigures } from './broker-figures.ts';
import type { BrokerStatus } from './broker-status.ts';
import type { ConsumerGroup } from './client-manager/consumer-group.ts';
import { ConsumerManager } from './client-manager/consumer-manager.ts';
import { ProducerManager } from './client-manager/producer-manager.ts';
import { QueueLocks } from './client-manager/queue-locks.ts';
import type { BrokerConfig } from './config/broker-config.ts';
import { ensureRetryTopic } from './group/ensure-retry-topic.ts';
import { PullHold } from './longpoll/pull-hold.ts';
import type { Mastership } from './mastership.ts';
import { OffsetBatch } from './offset/offset-batch.ts';
import { OffsetResets } from './offset/offset-resets.ts';
import type { BrokerParts } from './parts.ts';
import { type MasterHint, Registration } from './registration.ts';
import { createRoutes } from './routes.ts';
import { guard } from './routing.ts';
import { DelayDelivery } from './schedule/delay-delivery.ts';
import type { BrokerState } from './state/broker-state.ts';
import type { StateJournal } from './state/journal.ts';
import { BrokerStats, SAMPLE_PERIOD_MS } from './stats/broker-stats.ts';
import { StoreRates } from './stats/store-rates.ts';

/** The parts that differ between a lone master and a member of a group; all are started before the broker and stopped after it. */
export interface BrokerOptions {
  readonly platform: Platform;
  readonly config: BrokerConfig;
  readonly store: MessageStore;
  readonly state: BrokerState;
  readonly journal: StateJournal;
  readonly mastership: Mastership;
  /** See `RegistrationOptions`. */
  readonly heardOfMaster?: (master: MasterHint) => void;
}

/** How long requests that were read may take to be answered when the broker stops, ms. */
const STOP_GRACE_MS = 2_000;
const PORT_REMEDY = 'Change listenPort, or stop the other process (the port two below listenPort is used too)';
const STEPPED_DOWN = 'this broker is no longer the master of its group; nothing was changed, try again';

/** One broker: remoting ports, request processors, clients, delays and registration over a message store. */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #server: RemotingServer;
  readonly #dispatcher: Dispatcher;
  readonly #client: RemotingClient;
  readonly #producers = new ProducerManager();
  readonly #consumers = new ConsumerManager();
  readonly #locks: QueueLocks;
  readonly #resets = new OffsetResets();
  readonly #stats: BrokerStats;
  readonly #rates: StoreRates;
  readonly #holds: PullHold;
  readonly #offsetBatch: OffsetBatch;
  readonly #delays: DelayDelivery;
  readonly #delayLevelsMs: readonly number[];
  readonly #startedAtMs: number;
  #parts: BrokerParts | undefined;
  #registration: Registration | undefined;
  #timer: Timer | undefined;
  #wasServing = false;
  #stopping = false;

  constructor(options: BrokerOptions) {
    const { platform, config, store, journal, state } = options;
    const levels = parseDelayLevels(config.messageDelayLevel);
    assert(typeof levels !== 'string', 'the configuration checks messageDelayLevel');
    this.#options = options;
    this.#delayLevelsMs = levels;
    this.#startedAtMs = platform.clock.nowMs();
    this.#stats = new BrokerStats(platform.clock);
    this.#rates = new StoreRates(platform.clock, store.counters);
    this.#holds = new PullHold(platform.clock, platform.timers, config.maxHeldPulls);
    this.#locks = new QueueLocks(state.owners);
    this.#offsetBatch = new OffsetBatch(platform.timers, journal, state.offsets, config.offsetBatchMs);
    this.#delays = new DelayDelivery({ platform, store, journal, progress: state.delays, delayLevelsMs: levels });
    this.#dispatcher = new Dispatcher(platform);
    this.#client = new RemotingClient({
      platform,
      onClosed: (address) => this.#registration?.connectionClosed(address),
    });
    this.#server = new RemotingServer({
      platform,
      dispatcher: this.#dispatcher,
      events: { closed: (connection) => this.#connectionClosed(connection) },
      limits: { idleMs: config.serverChannelMaxIdleTimeSeconds * 1_000 },
    });
  }

  /** For composition: requests of other parts of the program that share the ports. */
  get dispatcher(): Dispatcher {
    return this.#dispatcher;
  }

  /** `brokerIP1:listenPort`, under which clients reach this broker. */
  get address(): string {
    return hostAndPort(this.#options.config.brokerIP1, this.#port());
  }

  /** Opens the ports, then registers with the name servers. Rejects with a sentence if a port cannot be had. */
  async start(): Promise<void> {
    const { config, store, state, mastership, platform } = this.#options;
    const { bindAddress, listenPort } = config;
    await this.#listen(bindAddress, listenPort);
    const storeHost = encodeHost(config.brokerIP1, this.#port());
    assert(storeHost !== undefined, 'the configuration checks brokerIP1');
    store.setStoreHost(storeHost);
    this.#openRoutes(storeHost);
    if (listenPort !== 0) await this.#listen(bindAddress, listenPort - 2);
    store.addArrivalListener(this.#holds);
    store.addArrivalListener(this.#delays);
    this.#consumers.onChange((group) => this.#notifyMembers(group));
    const { address: brokerAddress } = this;
    const client = this.#client;
    const heardOfMaster = this.#options.heardOfMaster ?? (() => {});
    this.#registration = new Registration({
      ...{ platform, config, state, mastership },
      client,
      brokerAddress,
      heardOfMaster,
    });
    state.onTopicsChanged(() => this.#registration?.changed());
    mastership.onChange(() => this.#mastershipChanged());
    this.#timer = platform.timers.every(SAMPLE_PERIOD_MS, () => this.#housekeeping());
    this.#mastershipChanged();
    this.#registration.start();
  }

  /**
   * After `start`: calls `done` once the name servers know this broker; one that cannot be reached holds it for `longestMs` at most. Not called if the
   * broker stops before.
   */
  whenAnnounced(longestMs: number, done: () => void): void {
    assert(this.#registration !== undefined, 'a broker is announced after its start');
    this.#registration.whenAnnounced(longestMs, done);
  }

  /** Registers at the end of this turn, without a change: the answer says where the master of the set is. */
  registerAgain(): void {
    this.#registration?.changed();
  }

  /** Leaves the name servers, answers what waits, appends offsets that are still to be appended, closes the ports. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const { platform, mastership } = this.#options;
    if (this.#timer !== undefined) platform.timers.cancel(this.#timer);
    await new Promise<void>((resolve) => {
      if (this.#registration === undefined) resolve();
      else this.#registration.stop(resolve);
    });
    this.#delays.stop();
    this.#holds.resumeAll();
    if (mastership.serving) this.#offsetBatch.flush();
    await new Promise<void>((resolve) => this.#server.close(STOP_GRACE_MS, resolve));
    this.#offsetBatch.stepDown(STEPPED_DOWN);
    this.#client.close();
  }

  status(): BrokerStatus {
    const { config, mastership, state, store } = this.#options;
    return {
      brokerName: config.brokerName,
      clusterName: config.brokerClusterName,
      address: this.address,
      brokerId: mastership.brokerId,
      serving: mastership.serving,
      epoch: mastership.epoch,
      startedAtMs: this.#startedAtMs,
      topics: state.topics.all().length,
      groups: state.groups.all().length,
      producerGroups: this.#producers.groups().length,
      consumerGroups: this.#consumers.groups().length,
      connections: this.#server.connectionCount,
      heldPulls: this.#holds.size,
      minPosition: store.minPosition,
      confirmedPosition: store.confirmedPosition,
      syncedPosition: store.syncedPosition,
      endPosition: store.endPosition,
      store: { ...store.counters },
    };
  }

  /** Figures for metrics; undefined before the start. Walks all topics and groups: for scrapes, not for hot paths. */
  figures(): BrokerFigures | undefined {
    return this.#parts === undefined ? undefined : brokerFigures(this.#parts);
  }

  #port(): number {
    const { listenPort } = this.#options.config;
    return listenPort === 0 ? (this.#server.addresses[0]?.port ?? 0) : listenPort;
  }

  #listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.listen({ host, port }, (error) => {
        if (error === undefined) resolve();
        else reject(new Error(listenProblem({ host, port }, error, PORT_REMEDY)));
      });
    });
  }

  #openRoutes(storeHost: Uint8Array): void {
    const parts: BrokerParts = {
      ...this.#options,
      storeHost,
      producers: this.#producers,
      consumers: this.#consumers,
      locks: this.#locks,
      holds: this.#holds,
      offsetBatch: this.#offsetBatch,
      resets: this.#resets,
      stats: this.#stats,
      delayLevelsMs: this.#delayLevelsMs,
    };
    this.#parts = parts;
    for (const route of createRoutes(parts, this.#rates, this.#startedAtMs)) {
      this.#dispatcher.register(route.code, guard(route, this.#options.mastership));
    }
  }

  #mastershipChanged(): void {
    const { mastership, state, platform } = this.#options;
    const { serving } = mastership;
    if (serving && !this.#wasServing) {
      this.#locks.tookOver(platform.clock.monotonicMs());
      this.#delays.start();
      // Groups that appeared here while nobody served get what their heartbeats should have created.
      if (this.#parts !== undefined)
        for (const { name } of this.#consumers.groups()) ensureRetryTopic(this.#parts, name);
    } else if (!serving) {
      this.#delays.stop();
      this.#offsetBatch.stepDown(STEPPED_DOWN);
      this.#resets.clear();
      this.#locks.steppedDown();
      state.dropTail();
    }
    this.#wasServing = serving;
    this.#registration?.changed();
  }

  #connectionClosed({ id }: Connection): void {
    this.#producers.connectionClosed(id);
    this.#consumers.connectionClosed(id);
  }

  /** The members of a group changed: all rebalance at once (40). */
  #notifyMembers(group: ConsumerGroup): void {
    const { config, state } = this.#options;
    if (!config.notifyConsumerIdsChangedEnable) return;
    if (state.groups.get(group.name)?.notifyConsumerIdsChangedEnable === false) return;
    const fields = notifyConsumerIdsChanged.encodeRequest({ consumerGroup: group.name });
    for (const { connection } of group.clients()) connection.oneway(notifyConsumerIdsChanged.code, fields);
  }

  #housekeeping(): void {
    const { platform, config, mastership } = this.#options;
    const nowMs = platform.clock.monotonicMs();
    this.#stats.sample();
    this.#rates.sample();
    this.#producers.expire(nowMs - config.channelExpiredTimeout);
    this.#consumers.expire(nowMs - config.channelExpiredTimeout);
    if (mastership.serving) this.#expireLocks(nowMs);
    this.#holds.dropClosed();
  }

  /** Where it is refused, the next time does it. */
  #expireLocks(nowMs: number): void {
    const owners = this.#locks.expire(nowMs);
    if (owners.length > 0) this.#options.journal.append([{ type: 'queue-lock', owners }]);
  }
}

/** Puts a broker together; nothing happens before `start`. */
export function createBroker(options: BrokerOptions): Broker {
  return new Broker(options);
}

function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
