/** One queue, as orderly consumers name it. */
export interface LockedQueue {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
}

interface Lock {
  clientId: string;
  renewedMs: number;
}

/** Locks that were not renewed for so long are free (RebalanceLockManager.java). */
const LOCK_LIFETIME_MS = 60_000;

/**
 * Which client of a group may consume which queue in order. Local to this process for now: owners are to become records of the log
 * (raft/FORMATS.md 6, `queue-lock`), then a new master knows them and treats each as just renewed.
 */
export class QueueLocks {
  readonly #groups = new Map<string, Map<string, Lock>>();

  /** Takes or renews locks; returns the queues that the client holds now. */
  lock(group: string, clientId: string, queues: readonly LockedQueue[], nowMs: number): LockedQueue[] {
    const locks = this.#groups.get(group) ?? new Map<string, Lock>();
    this.#groups.set(group, locks);
    return queues.filter((queue) => {
      const key = queueKey(queue);
      const held = locks.get(key);
      const mine = held === undefined || held.clientId === clientId || nowMs - held.renewedMs > LOCK_LIFETIME_MS;
      if (mine) locks.set(key, { clientId, renewedMs: nowMs });
      return mine;
    });
  }

  unlock(group: string, clientId: string, queues: readonly LockedQueue[]): void {
    const locks = this.#groups.get(group);
    if (locks === undefined) return;
    for (const queue of queues) {
      if (locks.get(queueKey(queue))?.clientId === clientId) locks.delete(queueKey(queue));
    }
    if (locks.size === 0) this.#groups.delete(group);
  }

  /** Forgets locks that have run out. */
  expire(nowMs: number): void {
    for (const [group, locks] of this.#groups) {
      for (const [key, { renewedMs }] of locks) if (nowMs - renewedMs > LOCK_LIFETIME_MS) locks.delete(key);
      if (locks.size === 0) this.#groups.delete(group);
    }
  }
}

function queueKey({ topic, brokerName, queueId }: LockedQueue): string {
  return `${topic}@${brokerName}@${queueId}`;
}
