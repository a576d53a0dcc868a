import type { Logger } from '../../src/platform/ports.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';

/**
 * Removes the files of a controller's log that no start needs any more: those below the snapshot *before* the newest, so that a newest one that rots takes nothing with it. Whoever
 * lacks what went is given a snapshot.
 */
export class LogTrim {
  readonly #log: DurableLog;
  readonly #logger: Logger;
  /** Position from which on members that catch up still need the log. */
  readonly #keepFrom: () => number;
  /** End of what the snapshot before the newest covers; 0: of this life there is none. */
  #before = 0;
  #newest: number;

  constructor(log: DurableLog, logger: Logger, newest: number, keepFrom: () => number) {
    this.#log = log;
    this.#logger = logger;
    this.#newest = newest;
    this.#keepFrom = keepFrom;
  }

  /** A snapshot became durable, which covers the log up to `position`. A disk that fails here is logged, and the files stay. */
  taken(position: number): void {
    this.#before = this.#newest;
    this.#newest = position;
    try {
      for (const file of this.#log.deleteBefore(Math.min(this.#before, this.#keepFrom())))
        this.#logger.info('Removed a file of the log that snapshots cover', { file });
    } catch (error) {
      this.#logger.warn('old log files could not be removed', { reason: (error as Error).message });
    }
  }
}
