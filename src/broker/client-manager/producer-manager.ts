import type { ClientChannel } from './client-channel.ts';

/** Who produces, by group and connection, as heartbeats tell it (ProducerManager.java). */
export class ProducerManager {
  readonly #groups = new Map<string, Map<number, ClientChannel>>();

  register(group: string, client: ClientChannel): void {
    let clients = this.#groups.get(group);
    if (clients === undefined) {
      clients = new Map();
      this.#groups.set(group, clients);
    }
    clients.set(client.connection.id, client);
  }

  unregister(group: string, connectionId: number): void {
    const clients = this.#groups.get(group);
    if (clients?.delete(connectionId) && clients.size === 0) this.#groups.delete(group);
  }

  connectionClosed(connectionId: number): void {
    for (const group of [...this.#groups.keys()]) this.unregister(group, connectionId);
  }

  /** Removes clients whose last heartbeat is older than `oldestMs` (monotonic). */
  expire(oldestMs: number): void {
    for (const [group, clients] of [...this.#groups]) {
      for (const [connectionId, { lastUpdateMs }] of [...clients]) {
        if (lastUpdateMs < oldestMs) this.unregister(group, connectionId);
      }
    }
  }

  /** Undefined for a group without a client. */
  clientsOf(group: string): ClientChannel[] | undefined {
    const clients = this.#groups.get(group);
    return clients === undefined ? undefined : [...clients.values()];
  }

  groups(): string[] {
    return [...this.#groups.keys()];
  }
}
