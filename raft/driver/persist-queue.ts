import type { Log, PortError } from './ports.ts';

/**
 * Persists of the log, one in flight; what is wanted meanwhile is the next batch. A full disk is no failure: nothing of the batch counts,
 * and `retry` tries again with all that has come up to then.
 */
export class PersistQueue {
  private readonly log: Log;
  private readonly finished: (number: number, error: PortError | undefined) => void;
  // The persist in flight (number 0: none), and the batch that waits behind it.
  private number = 0;
  private sync = false;
  private waitingNumber = 0;
  private waitingSync = false;
  private full = false;
  private readonly onDone = (error: PortError | undefined): void => this.done(error);

  /** `finished` gets the number of the last Ready that is persisted, or an error that is final. */
  constructor(log: Log, finished: (number: number, error: PortError | undefined) => void) {
    this.log = log;
    this.finished = finished;
  }

  /** The last attempt found no space. */
  get diskFull(): boolean {
    return this.full;
  }

  /** Ready `number` wants the log persisted as it is now. */
  want(number: number, sync: boolean): void {
    this.waitingNumber = number;
    this.waitingSync ||= sync;
    if (!this.full) this.start();
  }

  /** On a tick: there may be space again. */
  retry(): void {
    if (this.full) this.start();
  }

  private start(): void {
    if (this.number !== 0 || this.waitingNumber === 0) return;
    this.number = this.waitingNumber;
    this.sync = this.waitingSync;
    this.waitingNumber = 0;
    this.waitingSync = false;
    this.log.persist(this.sync, this.onDone);
  }

  private done(error: PortError | undefined): void {
    const { number } = this;
    this.number = 0;
    this.full = error?.code === 'ENOSPC';
    if (this.full) {
      this.waitingNumber = Math.max(this.waitingNumber, number);
      this.waitingSync ||= this.sync;
      return;
    }
    // The next batch starts before the core hears of this one: the disk never waits for the loop.
    if (!error) this.start();
    this.finished(number, error);
  }
}
