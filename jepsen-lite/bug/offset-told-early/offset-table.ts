import { type CommittedOffset, OffsetTable as Real } from '../../../src/broker/offset/offset-table.ts';

export type { CommittedOffset, QueueProgress } from '../../../src/broker/offset/offset-table.ts';
export { offsetKey, splitOffsetKey } from '../../../src/broker/offset/offset-table.ts';

/** Tells what stands at the tail. */
export class OffsetTable extends Real {
  override whenCommitted(group: string, topic: string, queueId: number, done: (offset: CommittedOffset) => void): void {
    done(this.get(group, topic, queueId));
  }
}
