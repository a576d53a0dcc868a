import type { SubscriptionData } from '../../protocol/message/tags.ts';
import type { ClientChannel } from './client-channel.ts';

/** What a consumer's heartbeat says of its group. */
export interface ConsumerProfile {
  readonly consumeType: string;
  readonly messageModel: string;
  readonly consumeFromWhere: string;
  readonly subscriptions: readonly SubscriptionData[];
}

/** One group with its live members and subscriptions (ConsumerGroupInfo.java). */
export class ConsumerGroup {
  readonly name: string;
  consumeType = '';
  messageModel = '';
  consumeFromWhere = '';
  readonly #clients = new Map<number, ClientChannel>();
  readonly #subscriptions = new Map<string, SubscriptionData>();

  constructor(name: string) {
    this.name = name;
  }

  get size(): number {
    return this.#clients.size;
  }

  clients(): ClientChannel[] {
    return [...this.#clients.values()];
  }

  clientIds(): string[] {
    return [...new Set(this.clients().map(({ clientId }) => clientId))];
  }

  client(clientId: string): ClientChannel | undefined {
    return this.clients().find((client) => client.clientId === clientId);
  }

  subscription(topic: string): SubscriptionData | undefined {
    return this.#subscriptions.get(topic);
  }

  subscriptions(): SubscriptionData[] {
    return [...this.#subscriptions.values()];
  }

  /** Takes a heartbeat; true if the members or the set of topics changed. */
  heartbeat(client: ClientChannel, profile: ConsumerProfile): boolean {
    this.consumeType = profile.consumeType;
    this.messageModel = profile.messageModel;
    this.consumeFromWhere = profile.consumeFromWhere;
    const known = this.#clients.get(client.connection.id);
    this.#clients.set(client.connection.id, client);
    const joined = known === undefined || known.clientId !== client.clientId;
    return this.#subscribe(profile.subscriptions) || joined;
  }

  #subscribe(subscriptions: readonly SubscriptionData[]): boolean {
    let changed = false;
    for (const subscription of subscriptions) {
      const known = this.#subscriptions.get(subscription.topic);
      if (known === undefined) changed = true;
      if (known === undefined || subscription.subVersion > known.subVersion) {
        this.#subscriptions.set(subscription.topic, subscription);
      }
    }
    const wanted = new Set(subscriptions.map(({ topic }) => topic));
    for (const topic of [...this.#subscriptions.keys()]) {
      if (!wanted.has(topic)) changed = this.#subscriptions.delete(topic) || changed;
    }
    return changed;
  }

  /** True if the connection was a member. */
  remove(connectionId: number): boolean {
    return this.#clients.delete(connectionId);
  }

  /** Connections whose last heartbeat is older than `oldestMs`. */
  expired(oldestMs: number): number[] {
    return this.clients()
      .filter(({ lastUpdateMs }) => lastUpdateMs < oldestMs)
      .map(({ connection }) => connection.id);
  }
}
