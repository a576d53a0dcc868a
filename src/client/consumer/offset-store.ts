import type { MessageQueue } from '../message-queue.ts';

/** Where a consumer group's progress is kept: at the brokers (clustering) or in a file of this machine (broadcasting). */
export interface OffsetStore {
  /** The offset to go on from; undefined if none was ever stored. Rejects if that cannot be found out now. */
  load(queue: MessageQueue): Promise<number | undefined>;
  /** Takes over the given offsets. `confirmed`: resolves only when they are stored for good; otherwise they may be stored a moment later. */
  save(offsets: ReadonlyMap<MessageQueue, number>, confirmed: boolean): Promise<void>;
}
