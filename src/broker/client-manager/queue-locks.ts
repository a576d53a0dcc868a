import { type GroupQueue, type QueueOwner, type QueueOwners, queueKey } from './queue-owners.ts';

/** Locks that were not renewed for so long are free (RebalanceLockManager.java). */
const LOCK_LIFETIME_MS = 60_000;

/** Locks of one record that forgets who is silent. */
const MAX_EXPIRED = 1_000;

/** What became of a wish to lock queues. */
export interface LockDecision {
  /** Held, and renewed. */
  readonly held: readonly GroupQueue[];
  /** Held when this change is confirmed. */
  readonly taken: readonly QueueOwner[];
}

/**
 * Which client of a group may consume which queue in order. Owners are state of the broker, and where that rides the log they ride it (raft/SAFETY.md 5); when
 * a lock was renewed is known to the master alone, and costs no record. A new master takes each lock for just renewed. All times are monotonic, ms.
 */
export class QueueLocks {
  readonly #owners: QueueOwners;
  /** By queue; those that are not here were renewed last when this broker took over. */
  readonly #renewedMs = new Map<string, number>();
  #tookOverMs = 0;

  constructor(owners: QueueOwners) {
    this.#owners = owners;
  }

  /** This broker is the master from now on. */
  tookOver(nowMs: number): void {
    this.steppedDown();
    this.#tookOverMs = nowMs;
  }

  /** Renewals are the next master's to see. */
  steppedDown(): void {
    this.#renewedMs.clear();
  }

  /** Renews the client's locks, and says which others it takes when they are appended (`took`) and confirmed. An owner who is not confirmed yet is appended again. */
  lock(queues: readonly GroupQueue[], clientId: string, nowMs: number): LockDecision {
    const held: GroupQueue[] = [];
    const taken: QueueOwner[] = [];
    for (const queue of queues) {
      const owner = this.#owners.ownerOf(queue);
      if (owner !== undefined && owner !== clientId && !this.#hasExpired(queue, nowMs)) continue;
      if (owner !== clientId || this.#owners.isChanging(queue)) taken.push({ ...queue, clientId });
      else held.push(queue);
    }
    this.#renew(held, nowMs);
    return { held, taken };
  }

  /** These changes of owners were appended. */
  took(owners: readonly QueueOwner[], nowMs: number): void {
    this.#renew(owners, nowMs);
  }

  /** The changes by which the client gives back what it has of these queues. */
  unlock(queues: readonly GroupQueue[], clientId: string): QueueOwner[] {
    const owned = queues.filter((queue) => this.#owners.ownerOf(queue) === clientId);
    return owned.map((queue) => ({ ...queue, clientId: '' }));
  }

  /** The changes by which locks that have run out are forgotten, some at a time. */
  expire(nowMs: number): QueueOwner[] {
    const expired: QueueOwner[] = [];
    const known = new Set<string>();
    for (const owner of this.#owners.all()) {
      known.add(queueKey(owner));
      if (expired.length === MAX_EXPIRED || this.#owners.isChanging(owner) || !this.#hasExpired(owner, nowMs)) continue;
      expired.push({ ...owner, clientId: '' });
    }
    for (const key of this.#renewedMs.keys()) if (!known.has(key)) this.#renewedMs.delete(key);
    return expired;
  }

  #hasExpired(queue: GroupQueue, nowMs: number): boolean {
    return nowMs - (this.#renewedMs.get(queueKey(queue)) ?? this.#tookOverMs) > LOCK_LIFETIME_MS;
  }

  #renew(queues: readonly GroupQueue[], nowMs: number): void {
    for (const queue of queues) this.#renewedMs.set(queueKey(queue), nowMs);
  }
}
