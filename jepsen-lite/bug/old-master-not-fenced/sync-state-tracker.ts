import type { SyncStateSet } from '../../../cluster/ha/replica-roles.ts';
import { SyncStateTracker as Real } from '../../../cluster/ha/sync-state-tracker.ts';

/** Who is not connected any more is not required any more. */
export class SyncStateTracker extends Real {
  readonly #away = new Set<number>();

  override get required(): ReadonlySet<number> {
    return new Set([...super.required].filter((id) => !this.#away.has(id)));
  }

  override left(brokerId: number): void {
    this.#away.add(brokerId);
    super.left(brokerId);
  }

  override decide(set: SyncStateSet): boolean {
    const isNew = super.decide(set);
    if (isNew) this.#away.clear();
    return isNew;
  }
}
