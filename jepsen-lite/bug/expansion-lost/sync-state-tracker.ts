import { SyncStateTracker as Real, type TrackerOptions } from '../../../cluster/ha/sync-state-tracker.ts';

/** What is proposed does not count until a controller says that it is decided. */
export class SyncStateTracker extends Real {
  readonly #selfId: number;

  constructor(options: TrackerOptions) {
    super(options);
    this.#selfId = options.selfId;
  }

  override get required(): ReadonlySet<number> {
    return new Set([this.#selfId, ...this.decided.brokerIds]);
  }
}
