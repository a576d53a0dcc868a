import { TwoLevelMap } from '../state/two-level-map.ts';

/** One queue of a group, as orderly consumers name it. */
export interface GroupQueue {
  readonly group: string;
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
}

/** Which client may consume a queue in order; '': nobody any more. */
export interface QueueOwner extends GroupQueue {
  readonly clientId: string;
}

/** Owners of queue locks, at two levels (raft/SAFETY.md 5). When each was renewed last is no part of it: `QueueLocks` knows that, on the master. */
export class QueueOwners {
  readonly #owners = new TwoLevelMap<QueueOwner>();

  /** The owner at the tail; undefined if there is none. */
  ownerOf(queue: GroupQueue): string | undefined {
    return this.#owners.get(queueKey(queue))?.clientId;
  }

  /** Whether a change of the owner was appended that is not confirmed yet. */
  isChanging(queue: GroupQueue): boolean {
    return this.#owners.isStaged(queueKey(queue));
  }

  stage(owners: readonly QueueOwner[]): void {
    for (const owner of owners) this.#owners.stage(queueKey(owner), owner.clientId === '' ? undefined : owner);
  }

  commit(owners: readonly QueueOwner[]): void {
    for (const owner of owners) this.#owners.commit(queueKey(owner), owner.clientId === '' ? undefined : owner);
  }

  dropTail(): void {
    this.#owners.dropTail();
  }

  /** All at the tail, in no particular order. */
  *all(): Generator<QueueOwner> {
    for (const [, owner] of this.#owners.entries()) yield owner;
  }

  /** Sorted, so that equal states give equal bytes. */
  committed(): QueueOwner[] {
    return this.#owners.committedEntries().map(([, owner]) => owner);
  }

  import(owners: readonly QueueOwner[]): void {
    this.#owners.import(owners.map((owner) => [queueKey(owner), owner]));
  }
}

/** Names come from clients, and may hold anything. */
export function queueKey({ group, topic, brokerName, queueId }: GroupQueue): string {
  return JSON.stringify([group, topic, brokerName, queueId]);
}

/** How an owner stands in records and snapshots (raft/FORMATS.md 6 and 7). */
export type OwnerRow = readonly [group: string, topic: string, brokerName: string, queueId: number, clientId: string];

export function rowOfOwner({ group, topic, brokerName, queueId, clientId }: QueueOwner): OwnerRow {
  return [group, topic, brokerName, queueId, clientId];
}

export function ownerOfRow([group, topic, brokerName, queueId, clientId]: OwnerRow): QueueOwner {
  return { group, topic, brokerName, queueId, clientId };
}
