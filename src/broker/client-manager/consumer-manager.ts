import type { ClientChannel } from './client-channel.ts';
import { ConsumerGroup, type ConsumerProfile } from './consumer-group.ts';

/** Called when the members or topics of a group changed; `group` may have no member left. */
export type GroupChanged = (group: ConsumerGroup) => void;

/** Who consumes, by group, as heartbeats tell it (ConsumerManager.java). Local to each node; changes are announced to the listener. */
export class ConsumerManager {
  readonly #groups = new Map<string, ConsumerGroup>();
  #changed: GroupChanged = () => {};

  onChange(listener: GroupChanged): void {
    this.#changed = listener;
  }

  /** A group with at least one member, or undefined. */
  find(group: string): ConsumerGroup | undefined {
    return this.#groups.get(group);
  }

  groups(): ConsumerGroup[] {
    return [...this.#groups.values()];
  }

  /** Names of the groups that subscribe to a topic now, sorted. */
  groupsOf(topic: string): string[] {
    const names = this.groups().filter((group) => group.subscription(topic) !== undefined);
    return names.map(({ name }) => name).sort();
  }

  heartbeat(name: string, client: ClientChannel, profile: ConsumerProfile): void {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new ConsumerGroup(name);
      this.#groups.set(name, group);
    }
    if (group.heartbeat(client, profile)) this.#changed(group);
  }

  unregister(name: string, connectionId: number): void {
    const group = this.#groups.get(name);
    if (group?.remove(connectionId)) this.#left(group);
  }

  connectionClosed(connectionId: number): void {
    for (const { name } of this.groups()) this.unregister(name, connectionId);
  }

  /** Removes members whose last heartbeat is older than `oldestMs` (monotonic). */
  expire(oldestMs: number): void {
    for (const group of this.groups()) {
      for (const connectionId of group.expired(oldestMs)) this.unregister(group.name, connectionId);
    }
  }

  #left(group: ConsumerGroup): void {
    if (group.size === 0) this.#groups.delete(group.name);
    this.#changed(group);
  }
}
