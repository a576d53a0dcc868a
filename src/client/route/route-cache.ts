import type { Platform, Timer } from '../../platform/ports.ts';
import { ResponseCode } from '../../protocol/codes.ts';
import { getRouteInfo } from '../../protocol/command/get-route-info.ts';
import { ClientError } from '../errors.ts';
import type { NameServerClient } from '../name-server-client.ts';
import { readRoute } from './read-route.ts';
import type { TopicRoute } from './topic-route.ts';

/** A route that is younger than this is not asked for again because of a failure. */
const FRESH_MS = 10;

export interface RouteCacheOptions {
  readonly platform: Platform;
  readonly nameServers: NameServerClient;
  /** Routes in use are asked for again after so long. */
  readonly refreshMs: number;
  readonly onChanged: (route: TopicRoute) => void;
  /** A periodic refresh failed; it will be tried again. */
  readonly onError: (topic: string, error: Error) => void;
}

interface Entry {
  route: TopicRoute | undefined;
  askedAtMs: number;
  asking: Promise<TopicRoute | undefined> | undefined;
}

/**
 * The routes of the topics in use: asked for at the first need, every `refreshMs`, and when a request failed. However many need one at
 * the same time, one request is under way for each topic.
 */
export class RouteCache {
  readonly #options: RouteCacheOptions;
  readonly #entries = new Map<string, Entry>();
  #timer: Timer | undefined;

  constructor(options: RouteCacheOptions) {
    this.#options = options;
  }

  /** Starts the periodic refresh. */
  start(): void {
    this.#timer = this.#options.platform.timers.every(this.#options.refreshMs, () => void this.refreshAll());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.platform.timers.cancel(this.#timer);
    this.#timer = undefined;
  }

  /** The route as it is known now; nothing is asked. */
  get(topic: string): TopicRoute | undefined {
    return this.#entries.get(topic)?.route;
  }

  /** All routes that are known. */
  all(): TopicRoute[] {
    return [...this.#entries.values()].flatMap((entry) => entry.route ?? []);
  }

  /** The known route, or else what the name server says; undefined if it has none. Rejects if none answers. */
  async load(topic: string): Promise<TopicRoute | undefined> {
    return this.get(topic) ?? this.#ask(topic);
  }

  /**
   * What the name server says now, unless it was asked a moment ago; undefined if it knows no route (then the last known one is kept
   * for `get`, because its brokers may still answer). Rejects if no name server answers.
   */
  async refresh(topic: string): Promise<TopicRoute | undefined> {
    return this.#fresh(topic) ?? this.#ask(topic);
  }

  /** Like `refresh`, of another name server if there is one: for a route that led nowhere. */
  async refreshElsewhere(topic: string): Promise<TopicRoute | undefined> {
    const fresh = this.#fresh(topic);
    if (fresh !== undefined) return fresh;
    if (this.#entries.get(topic)?.asking === undefined) this.#options.nameServers.rotate();
    return this.#ask(topic);
  }

  #fresh(topic: string): TopicRoute | undefined {
    const entry = this.#entries.get(topic);
    if (entry === undefined || entry.asking !== undefined) return undefined;
    const ageMs = this.#options.platform.clock.monotonicMs() - entry.askedAtMs;
    return ageMs < FRESH_MS ? entry.route : undefined;
  }

  /** Asks for all topics in use, one after another. Never rejects. */
  async refreshAll(): Promise<void> {
    for (const [topic, entry] of [...this.#entries]) {
      if (entry.route === undefined && entry.asking === undefined) {
        this.#entries.delete(topic);
        continue;
      }
      try {
        await this.#ask(topic);
      } catch (error) {
        this.#options.onError(topic, error as Error);
        if (error instanceof ClientError && error.code === 'no-name-server') return;
      }
    }
  }

  /** Puts a route that was made up from another topic's (auto-creation); it counts until the topic has its own. */
  putProvisional(route: TopicRoute): void {
    const entry = this.#entry(route.topic);
    if (entry.route === undefined) this.#put(entry, route);
  }

  #entry(topic: string): Entry {
    let entry = this.#entries.get(topic);
    if (entry === undefined) {
      entry = { route: undefined, askedAtMs: Number.NEGATIVE_INFINITY, asking: undefined };
      this.#entries.set(topic, entry);
    }
    return entry;
  }

  #ask(topic: string): Promise<TopicRoute | undefined> {
    const entry = this.#entry(topic);
    entry.asking ??= this.#fetch(topic, entry).finally(() => {
      entry.asking = undefined;
    });
    return entry.asking;
  }

  async #fetch(topic: string, entry: Entry): Promise<TopicRoute | undefined> {
    const { nameServers, platform } = this.#options;
    const accept = [ResponseCode.TOPIC_NOT_EXIST];
    const answer = await nameServers.ask(getRouteInfo, { topic, acceptStandardJsonOnly: true }, { accept });
    entry.askedAtMs = platform.clock.monotonicMs();
    if (answer.code === ResponseCode.TOPIC_NOT_EXIST) return undefined;
    const route = readRoute(topic, answer.body);
    if (route instanceof ClientError) throw route;
    this.#put(entry, route);
    return entry.route;
  }

  #put(entry: Entry, route: TopicRoute): void {
    if (entry.route?.equals(route)) return;
    entry.route = route;
    this.#options.onChanged(route);
  }
}
