import { PersistQueue as Real } from '../../../raft/driver/persist-queue.ts';
import type { Log, PortError } from '../../../raft/driver/ports.ts';

/** Takes a persist for done as soon as it is wanted. */
export class PersistQueue extends Real {
  readonly #finished: (number: number, error: PortError | undefined) => void;

  constructor(log: Log, nowMs: () => number, finished: (number: number, error: PortError | undefined) => void) {
    super(log, nowMs, finished);
    this.#finished = finished;
  }

  override want(number: number, sync: boolean): void {
    super.want(number, sync);
    this.#finished(number, undefined);
  }
}
