import { type LogRole, HaLog as Real } from '../../../cluster/ha/ha-log.ts';

export * from '../../../cluster/ha/ha-log.ts';

/** Forgets what an earlier role has shown. */
export class HaLog extends Real {
  #role: LogRole | undefined;

  override setRole(role: LogRole): void {
    super.setRole(role);
    this.#role = role;
  }

  override get confirmedPosition(): number {
    const shown = super.confirmedPosition;
    return Math.min(shown, this.#role?.confirm(this.native.confirmedPosition).visible ?? shown);
  }
}
