import type { Message } from '../../raft/index.ts';
import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/**
 * A follower acknowledges only what is in its files, and calls fsynced only what is (thesis, section 3.8; raft/SAFETY.md 7). Its log says what the disk has
 * reported back.
 */
export class PersistedFirst implements Invariant {
  readonly name = 'persisted-first';

  sent({ name, log }: NodeWatch, message: Message): string | undefined {
    if (message.type !== 'append-reply' || message.rejected) return undefined;
    const { index, syncedIndex } = message;
    if (index > log.lastIndex) return `${name} acknowledges entry ${index}, but its log ends at ${log.lastIndex}`;
    if (index >= log.firstIndex && log.endOf(index) > log.segments.writtenPosition)
      return `${name} acknowledges entry ${index} before it is written`;
    if (syncedIndex >= log.firstIndex && log.endOf(syncedIndex) > log.segments.syncedPosition)
      return `${name} calls entry ${syncedIndex} fsynced before it is`;
    return undefined;
  }
}
