import type { DiskError } from '../platform/ports.ts';
import type { GetDone, MessageFilter } from './get-result.ts';
import type { PendingPut, PutMessage, PutRefusal } from './put-message.ts';
import type { StoreCounters } from './store-counters.ts';

/** Told once per queue and batch of confirmed messages, after all of the batch can be read: wakes long polls. */
export interface ArrivalListener {
  /**
   * The queue now ends at `maxOffset` (offset of its last message + 1). `tagsCode` is that of all new messages, or undefined if they differ:
   * then whoever waits has to look.
   */
  messagesArrived(topic: string, queueId: number, maxOffset: number, tagsCode: number | undefined): void;
}

/** Applies internal records (topic `rmq_sys_LEDGERMQ`) in log order, between the messages around them, once each is confirmed. */
export interface InternalRecordHandler {
  /** `record` is a view of the whole record. A throw stops the process: replay must not go on past it. */
  applyInternal(record: Buffer, position: number): void;
}

/** Which side of equal or missing times a search by time takes (BoundaryType). */
export type TimeBoundary = 'lower' | 'upper';

/** Next offset of each queue of each topic: `offsets[queueId]`; -1 where a queue was never used. */
export type QueueOffsets = ReadonlyMap<string, readonly number[]>;

/**
 * The message store as the broker sees it: puts into the log, reads through the consume queues. Everything but the log is derived
 * from confirmed records. Callbacks named `done` may be called before the call returns.
 */
export interface MessageStore {
  readonly counters: StoreCounters;

  /** Address in stored records and offsetMsgIds: 4 or 16 address bytes and 4 of port. Set before the first put. */
  setStoreHost(host: Uint8Array): void;
  addArrivalListener(listener: ArrivalListener): void;
  setInternalRecordHandler(handler: InternalRecordHandler): void;

  /** Why a put would be refused now; asked before expensive work. */
  refusal(): PutRefusal | undefined;
  /** Stores one message. Synchronous up to the ticket; `pending` hears the outcome. Oneway puts may share one pending that ignores it. */
  put(message: PutMessage, pending: PendingPut): PutRefusal | undefined;
  /** Stores several messages, of one or several queues, as one atomic unit in the order given. */
  putUnit(messages: readonly PutMessage[], pending: PendingPut): PutRefusal | undefined;

  /**
   * Reads up to `maxCount` messages and `maxBytes` bytes of a queue from `offset` on; at least one message if there is one.
   * Says what is true here: whether a node may correct a client with it is the broker's matter (raft/SAFETY.md 6).
   */
  getMessage(
    topic: string,
    queueId: number,
    offset: number,
    maxCount: number,
    maxBytes: number,
    filter: MessageFilter | undefined,
    done: GetDone,
  ): void;
  /** First offset that can still be read; equal to `maxOffset` if nothing can. 0 for an unknown queue. */
  minOffset(topic: string, queueId: number): number;
  /** Offset behind the last confirmed message; 0 for an unknown queue. */
  maxOffset(topic: string, queueId: number): number;
  /** Next offset that a put would get, uncommitted ones counted. */
  nextOffset(topic: string, queueId: number): number;
  /**
   * Lower: first offset stored at or after `timestampMs` (maxOffset if none). Upper: last offset stored at or before it (minOffset if none).
   */
  offsetByTime(
    topic: string,
    queueId: number,
    timestampMs: number,
    boundary: TimeBoundary,
    done: (offset: number) => void,
  ): void;
  /** Store time of the message at an offset; undefined if there is none. */
  storeTimeAt(
    topic: string,
    queueId: number,
    offset: number,
    done: (storeTimestampMs: number | undefined) => void,
  ): void;
  /** Store time of the oldest record in the log; undefined while it is empty. */
  earliestTime(done: (storeTimestampMs: number | undefined) => void): void;
  /** The confirmed record that begins at `position`, or undefined if none does. */
  lookup(position: number, done: (record: Buffer | undefined) => void): void;
  /** Confirmed messages of a topic with a key (UNIQ_KEY or a word of KEYS), newest first, stored within [beginMs, endMs]. */
  queryByKey(
    topic: string,
    key: string,
    maxCount: number,
    beginMs: number,
    endMs: number,
    done: (records: Buffer[]) => void,
  ): void;

  /** Topics that have queues here, and the ids of a topic's queues. */
  topics(): string[];
  queueIds(topic: string): number[];
  readonly minPosition: number;
  readonly confirmedPosition: number;
  /** Everything below is fsynced. */
  readonly syncedPosition: number;
  readonly endPosition: number;
  /** Largest store time of a record in the log. */
  readonly lastTimestamp: number;
  /** End of what is in the consume queues; equal to confirmedPosition except inside a dispatch. */
  readonly dispatchedPosition: number;

  /**
   * This node becomes the master, and has appended nothing yet: counts the records between `confirmedPosition` and `endPosition`, which earlier
   * masters appended, into the next offsets of the queues (raft/SAFETY.md 5: complete before a new leader's first append). Their confirmation follows
   * as usual; a loss drops them like own ones.
   */
  adoptTail(): void;

  /** A leader proposed the removal of a topic: puts from here on start its queues at 0. Undone at step-down. */
  topicRemovalAppended(topic: string): void;
  /**
   * The removal is committed: its queues and their files go. Called by the handler of the internal record that says so, or, where removals are not in
   * the log, at any time: then it takes effect behind everything that is appended already.
   */
  removeTopic(topic: string): void;

  /** Next offset of every queue as of `dispatchedPosition`: for snapshots. */
  queueOffsets(): QueueOffsets;
  /**
   * Makes all that is derived (consume queues, index) durable as far as it reflects the log up to `position` (at most
   * `dispatchedPosition`). The log itself must be fsynced up to there first. ENOSPC may be tried again; any other error is final, since after a failed
   * fsync nothing tells what is durable: the process stops.
   */
  flushTo(position: number, done: (error: DiskError | undefined) => void): void;
  /**
   * Opens what is derived and sets it to a durable point; once, before `start`, with the log readable. Queues are cut to the given next offsets
   * (queues that are not named are removed) and dispatch goes on from `fromPosition` with the confirmed records behind it, internal ones
   * included. What is missing or damaged is built anew from the log below that, without its internal records. Throws a sentence or the disk's error.
   */
  recover(point: RecoveryPoint): void;
  /**
   * Forgets what lies below the log's new `minPosition`, after files of the log were removed: units, consume queue files, index files.
   */
  trim(): void;

  /** Dispatches what is confirmed already, starts the periodic flush and accepts puts. */
  start(): void;
  /** Refuses puts, flushes everything derived and closes the files. Units that are still pending end as `unknown`. */
  close(done: (error: DiskError | undefined) => void): void;
}

/** A state of everything derived that `flushTo` made durable. */
export interface RecoveryPoint {
  /** End of a unit of the log (or its start): what lies below is in the queues already. */
  readonly fromPosition: number;
  readonly queueOffsets: QueueOffsets;
  /**
   * The state that is given here (and all else that internal records made) is that of this later place, and the queues are empty: records below it are
   * put into queues and index, and change nothing else.
   */
  readonly stateAt?: number;
  /** Largest store time up to there; later records are not below it. */
  readonly lastTimestamp?: number;
}
