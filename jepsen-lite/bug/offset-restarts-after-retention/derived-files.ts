import { DerivedFiles as Real } from '../../../src/store/derived-files.ts';
import { INTERNAL_TOPIC } from '../../../src/store/internal-topic.ts';
import type { QueueOffsets, RecoveryPoint } from '../../../src/store/message-store.ts';

type Options = ConstructorParameters<typeof Real>[0];

export class DerivedFiles extends Real {
  readonly #own: Options;

  constructor(options: Options) {
    super(options);
    this.#own = options;
  }

  override recover(point: RecoveryPoint): void {
    super.recover(point);
    this.#own.offsets.import(this.#ofFiles(point.queueOffsets));
  }

  /** Only of queues that still hold something. */
  #ofFiles(offsets: QueueOffsets): QueueOffsets {
    const found = new Map<string, readonly number[]>();
    for (const [topic, nexts] of offsets) {
      const holds = (queueId: number): boolean => {
        const queue = this.queues.find(topic, queueId);
        return topic === INTERNAL_TOPIC || (queue !== undefined && queue.minOffset < queue.maxOffset);
      };
      found.set(
        topic,
        nexts.map((next, queueId) => (holds(queueId) ? next : -1)),
      );
    }
    return found;
  }
}
