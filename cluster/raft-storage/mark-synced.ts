import type { PortError } from '../../raft/index.ts';
import type { Timer, Timers } from '../../src/platform/ports.ts';
import type { DurableLog } from './durable-log.ts';
import type { HardStateFile } from './hard-state.ts';
import type { SyncedMark } from './hard-state-codec.ts';

const EVERY_MS = 1_000;

/**
 * Writes down once in a second up to where the log is committed and fsynced (raft/SAFETY.md 3): a start that cannot read what lies below knows that it is damaged, and does not cut
 * it as a torn write. What is committed is never cut, so the mark never has to go back.
 */
export class MarkSynced {
  readonly #log: DurableLog;
  readonly #hardState: HardStateFile;
  readonly #timers: Timers;
  readonly #commitIndex: () => number;
  readonly #onFailure: (error: PortError) => void;
  #timer: Timer | undefined;
  /** Committed at the last look; under a steady load its fsync is over at this one. */
  #candidate: SyncedMark | undefined;
  #saving = false;

  /** `onFailure`: the process has to stop, as where a vote cannot be saved. */
  constructor(
    { log, hardState }: { readonly log: DurableLog; readonly hardState: HardStateFile },
    timers: Timers,
    commitIndex: () => number,
    onFailure: (error: PortError) => void,
  ) {
    this.#log = log;
    this.#hardState = hardState;
    this.#timers = timers;
    this.#commitIndex = commitIndex;
    this.#onFailure = onFailure;
  }

  start(): void {
    this.#timer = this.#timers.every(EVERY_MS, () => this.#look());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
  }

  #look(): void {
    const committed = this.#committed();
    const mark = [committed, this.#candidate].find((one) => one !== undefined && this.#isSynced(one));
    this.#candidate = committed;
    if (mark === undefined || this.#saving) return;
    const { syncedMark } = this.#hardState.record;
    if (mark.endPosition <= (syncedMark?.endPosition ?? 0)) return;
    this.#saving = true;
    this.#hardState.saveSyncedMark(mark, (error) => {
      this.#saving = false;
      if (error !== undefined) this.#onFailure(error);
    });
  }

  /** The last committed entry that this log has; undefined where its place is not at hand. */
  #committed(): SyncedMark | undefined {
    const log = this.#log;
    const index = Math.min(this.#commitIndex(), log.lastIndex);
    if (index < log.firstPlaced || index === 0) return undefined;
    return { index, endPosition: log.endOf(index) };
  }

  #isSynced({ endPosition }: SyncedMark): boolean {
    return endPosition <= this.#log.segments.syncedPosition;
  }
}
