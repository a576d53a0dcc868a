interface PersistInFlight {
  readonly number: number;
  upTo: number;
  readonly sync: boolean;
}

/**
 * What of the own log is durable. Persists belong to numbered Readys and finish in order. A truncation caps the mark of every
 * Ready still in flight: the completion of an old write must never count for the entry that took its place (the ABA case).
 */
export class DurableMarks {
  /** Last index that is written (process crashes do not lose it). */
  written: number;
  /** Last index that is fsynced (machine crashes do not lose it). */
  synced: number;
  private readonly inFlight: PersistInFlight[] = [];

  constructor(lastIndex: number) {
    this.written = lastIndex;
    this.synced = lastIndex;
  }

  start(number: number, upTo: number, sync: boolean): void {
    this.inFlight.push({ number, upTo, sync });
  }

  /** Every persist up to `number` is done; if one of them asked for fsync, all that they wrote is fsynced. */
  finish(number: number): void {
    let sync = false;
    let upTo = 0;
    while (this.inFlight.length > 0 && (this.inFlight[0] as PersistInFlight).number <= number) {
      const done = this.inFlight.shift() as PersistInFlight;
      sync ||= done.sync;
      upTo = Math.max(upTo, done.upTo);
    }
    this.written = Math.max(this.written, upTo);
    if (sync) this.synced = Math.max(this.synced, upTo);
  }

  truncate(from: number): void {
    for (const persist of this.inFlight) persist.upTo = Math.min(persist.upTo, from - 1);
    this.written = Math.min(this.written, from - 1);
    this.synced = Math.min(this.synced, from - 1);
  }
}
