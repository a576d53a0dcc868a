import { type OffsetDone, OffsetBatch as Real } from '../../../src/broker/offset/offset-batch.ts';
import type { QueueProgress } from '../../../src/broker/offset/offset-table.ts';

export type { OffsetDone } from '../../../src/broker/offset/offset-batch.ts';

export class OffsetBatch extends Real {
  override updateAndWait({ group, topic, queueId, offset }: QueueProgress, done: OffsetDone): void {
    this.update(group, topic, queueId, offset);
    done('committed');
  }

  /** Nothing goes into the log. */
  override flush(): void {}
}
