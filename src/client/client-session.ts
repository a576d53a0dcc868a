import type { Platform, Timer } from '../platform/ports.ts';
import { type HeartbeatData, heartbeatData } from '../protocol/body/heartbeat-data.ts';
import { heartBeat } from '../protocol/command/heart-beat.ts';
import { unregisterClient } from '../protocol/command/unregister-client.ts';
import { RemotingClient } from '../remoting/client.ts';
import { Dispatcher } from '../remoting/dispatcher.ts';
import { BrokerClient } from './broker-client.ts';
import { Emitter } from './emitter.ts';
import type { ClientEvents } from './events.ts';
import { NameServerClient } from './name-server-client.ts';
import { type ClientOptions, parseNameServers } from './options.ts';
import { FaultTable } from './route/fault-table.ts';
import { KnownSlaves } from './route/known-slaves.ts';
import { RouteCache } from './route/route-cache.ts';
import type { TopicRoute } from './route/topic-route.ts';

const DEFAULT_ROUTE_REFRESH_MS = 30_000;
const DEFAULT_HEARTBEAT_MS = 30_000;
const GOODBYE_MS = 1_000;
/** A broker forgets a client whose connection closed: it is greeted again after so long, and after twice as long each time that fails. */
const FIRST_REGREET_MS = 200;

/** What a member of a group tells the brokers about itself. */
export type HeartbeatContent = Pick<HeartbeatData, 'producerDataSet' | 'consumerDataSet'>;

/** What producers and consumers have in common: connections, name servers, routes, faults, heartbeats and events. */
export class ClientSession {
  readonly platform: Platform;
  readonly clientId: string;
  readonly remoting: RemotingClient;
  /** Where requests that brokers send to this client are registered. */
  readonly dispatcher: Dispatcher;
  readonly brokers: BrokerClient;
  readonly nameServers: NameServerClient;
  readonly routes: RouteCache;
  readonly faults = new FaultTable();
  readonly slaves = new KnownSlaves();
  readonly events: Emitter<ClientEvents>;
  readonly #heartbeatMs: number;
  /** Brokers that were greeted on the connection that is open now. */
  readonly #greeted = new Set<string>();
  readonly #greeting = new Map<string, Promise<void>>();
  #heartbeat: (() => HeartbeatContent) | undefined;
  #timer: Timer | undefined;
  #regreetTimer: Timer | undefined;
  #closed = false;

  /** Throws a `ClientError` for options that cannot be used. */
  constructor(platform: Platform, options: ClientOptions) {
    const addresses = parseNameServers(options.nameServers);
    this.platform = platform;
    this.dispatcher = new Dispatcher(platform);
    this.remoting = new RemotingClient({
      platform,
      dispatcher: this.dispatcher,
      onClosed: (address) => {
        if (this.#greeted.delete(address)) this.#greetAgain(FIRST_REGREET_MS);
      },
    });
    this.brokers = new BrokerClient(this.remoting);
    this.nameServers = new NameServerClient(this.brokers, {
      addresses,
      firstIndex: platform.random.below(addresses.length),
    });
    this.clientId = makeClientId(platform, options.instanceName);
    this.#heartbeatMs = options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS;
    this.events = new Emitter((event, error) => {
      platform.logger.error('an event listener threw', { event, error: String(error) });
    });
    this.routes = new RouteCache({
      platform,
      nameServers: this.nameServers,
      refreshMs: options.routeRefreshMs ?? DEFAULT_ROUTE_REFRESH_MS,
      onChanged: (route) => this.#onRoute(route),
      onError: (topic, error) => this.report(`refreshing the route of ${topic}`, error),
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Starts routes and heartbeats; `heartbeat` is called for each one. */
  start(heartbeat: () => HeartbeatContent): void {
    this.#heartbeat = heartbeat;
    this.routes.start();
    this.#timer = this.platform.timers.every(this.#heartbeatMs, () => this.heartbeatAll());
  }

  /** Tells an event, and the log, that something in the background failed. */
  report(during: string, error: Error): void {
    if (this.#closed) return;
    this.platform.logger.warn(`${during} failed`, { error: error.message });
    this.events.emit('error', { during, error });
  }

  /** Greets all brokers of all routes now. */
  heartbeatAll(): void {
    const addresses = this.#addresses();
    for (const address of [...this.#greeted]) if (!addresses.has(address)) this.#greeted.delete(address);
    this.faults.retain(addresses);
    for (const address of addresses) void this.heartbeatTo(address);
  }

  /** Greets one broker; resolves when it answered or failed. Never rejects. */
  heartbeatTo(address: string): Promise<void> {
    const greeting = this.#greet(address).finally(() => {
      if (this.#greeting.get(address) === greeting) this.#greeting.delete(address);
    });
    this.#greeting.set(address, greeting);
    return greeting;
  }

  /** Greets brokers that have not been greeted; resolves when all have answered or failed. Never rejects. */
  async greetNew(): Promise<void> {
    const addresses = [...this.#addresses()].filter((address) => !this.#greeted.has(address));
    await Promise.all(addresses.map((address) => this.#greeting.get(address) ?? this.heartbeatTo(address)));
  }

  /** Greets those that lost this client, until all know it again or the next regular heartbeat is nearer. */
  #greetAgain(delayMs: number): void {
    if (this.#closed || this.#regreetTimer !== undefined || delayMs > this.#heartbeatMs) return;
    this.#regreetTimer = this.platform.timers.after(delayMs, () => {
      void this.greetNew().then(() => {
        this.#regreetTimer = undefined;
        if ([...this.#addresses()].some((address) => !this.#greeted.has(address))) this.#greetAgain(delayMs * 2);
      });
    });
  }

  async #greet(address: string): Promise<void> {
    const content = this.#heartbeat?.();
    if (content === undefined || this.#closed) return;
    const plain = { clientID: this.clientId, heartbeatFingerprint: 0, withoutSub: false };
    const body = heartbeatData.encode({ ...plain, ...content });
    try {
      await this.brokers.request(heartBeat, address, {}, body);
      this.#greeted.add(address);
    } catch (error) {
      this.report(`the heartbeat to ${address}`, error as Error);
    }
  }

  /** Says goodbye to all brokers for a group (within a second), then closes everything. Never rejects. */
  async close(group: { producerGroup?: string; consumerGroup?: string }): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.routes.stop();
    for (const timer of [this.#timer, this.#regreetTimer]) if (timer !== undefined) this.platform.timers.cancel(timer);
    const goodbye = { clientID: this.clientId, ...group };
    const options = { timeoutMs: GOODBYE_MS };
    const addresses = [...this.#addresses()].filter((address) => this.#greeted.has(address));
    await Promise.allSettled(
      addresses.map((address) => this.brokers.request(unregisterClient, address, goodbye, undefined, options)),
    );
    this.remoting.close();
  }

  #addresses(): Set<string> {
    return new Set(this.routes.all().flatMap((route) => route.addresses()));
  }

  #onRoute(route: TopicRoute): void {
    this.events.emit('route-changed', { topic: route.topic });
    if (this.#heartbeat !== undefined) void this.greetNew();
  }
}

/** `ip@instance`, unique in the cluster: RocketMQ divides queues among client ids. */
function makeClientId(platform: Platform, instanceName: string | undefined): string {
  const ip = platform.network.localAddresses()[0] ?? '127.0.0.1';
  return `${ip}@${instanceName ?? `${platform.process.pid}#${platform.random.bytes(6).toString('hex')}`}`;
}
