/**
 * When a slave last had everything that its master's log held. Under steady load its acknowledgements are always a little behind the end of the moment: what counts is that it comes to have
 * what was the end a moment ago. RocketMQ compares with the end at the last transfer (AutoSwitchHAConnection.maybeExpandInSyncStateSet), which with several transfers under way would be
 * as hard to reach as the end of the moment.
 */
export class CatchUp {
  /** On the monotonic clock. */
  caughtUpMs: number;
  /** End of the log at a moment, and that moment; undefined while the slave has everything. */
  #mark: { readonly position: number; readonly atMs: number } | undefined;

  /** Followed since `nowMs` by a slave that has acknowledged nothing yet. */
  constructor(nowMs: number) {
    this.caughtUpMs = nowMs;
  }

  /** The log ends at `endPosition`, and the slave has everything below `position`. Told at each acknowledgement. */
  acknowledged(position: number, endPosition: number, nowMs: number): void {
    if (position >= endPosition) {
      this.caughtUpMs = nowMs;
      this.#mark = undefined;
      return;
    }
    if (this.#mark !== undefined && position >= this.#mark.position) {
      this.caughtUpMs = this.#mark.atMs;
      this.#mark = undefined;
    }
    this.#mark ??= { position: endPosition, atMs: nowMs };
  }

  /** The log of a slave that had everything until now went on: from here on it lacks something. */
  appended(position: number, endPosition: number, nowMs: number): void {
    if (this.#mark !== undefined || position >= endPosition) return;
    this.caughtUpMs = nowMs;
    this.#mark = { position: endPosition, atMs: nowMs };
  }
}
