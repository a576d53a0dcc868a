import type { Log, PortError } from './ports.ts';

/** A disk that took this long for a persist is slow, and counts as such until it has been well for `recoveryMs`. */
const slowMs = 500;
const recoveryMs = 5_000;

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
  private startedAtMs = 0;
  private slowAtMs = Number.NEGATIVE_INFINITY;
  private readonly nowMs: () => number;
  private readonly onDone = (error: PortError | undefined): void => this.done(error);

  /** `finished` gets the number of the last Ready that is persisted, or an error that is final. */
  constructor(log: Log, nowMs: () => number, finished: (number: number, error: PortError | undefined) => void) {
    this.log = log;
    this.nowMs = nowMs;
    this.finished = finished;
  }

  /** How long the persist in flight has taken so far, ms; 0 without one. */
  get ageMs(): number {
    return this.number === 0 ? 0 : this.nowMs() - this.startedAtMs;
  }

  /** Persists take long, or did so a short while ago. */
  isSlow(): boolean {
    if (this.ageMs >= slowMs) this.slowAtMs = this.nowMs();
    return this.nowMs() - this.slowAtMs < recoveryMs;
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
    this.startedAtMs = this.nowMs();
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
