import { perform, type Undo } from '../../../jepsen-lite/live/watchdog/undo.ts';
import type { Undoer } from '../../../jepsen-lite/live/watchdog/watchdog.ts';

/** Undoes like a watchdog, in this process. */
export class Undoes implements Undoer {
  readonly #left: Undo[] = [];

  register(undo: Undo): Promise<number> {
    return Promise.resolve(this.#left.push(undo) - 1);
  }

  async undo(number: number): Promise<void> {
    await perform(this.#left[number] as Undo);
  }

  /** Undoes all that was ever registered. */
  async end(): Promise<void> {
    for (const undo of this.#left.splice(0)) await perform(undo);
  }
}
