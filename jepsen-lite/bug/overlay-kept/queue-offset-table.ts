import { QueueOffsetTable as Real } from '../../../src/store/queue-offset-table.ts';

export type { TopicOffsets } from '../../../src/store/queue-offset-table.ts';

export class QueueOffsetTable extends Real {
  override dropOverlay(): void {}
}
