import type { Timer, Timers } from '../../platform/ports.ts';
import type { PutRefusal } from '../../store/put-message.ts';
import type { JournalOutcome, StateJournal } from '../state/journal.ts';
import type { OffsetTable, QueueProgress } from './offset-table.ts';

/** What became of an update that waited: a refusal is certain (nothing is in the log, now or later), `unknown` is not. */
export type OffsetDone = (outcome: JournalOutcome | PutRefusal) => void;

/** Offsets in one record at most: an entry of the log stays small. */
const MAX_ROWS = 4_000;
/** How soon a refused batch is tried again, ms. */
const RETRY_MS = 100;

interface Waiting {
  readonly row: QueueProgress;
  readonly done: OffsetDone;
}

/**
 * Brings offset updates into the journal: those that nobody waits for within `batchMs` of arrival, those with an answer at the end of
 * the turn, together with all that are dirty then.
 */
export class OffsetBatch {
  readonly #timers: Timers;
  readonly #journal: StateJournal;
  readonly #table: OffsetTable;
  readonly #batchMs: number;
  #timer: Timer | undefined;
  /** Updates of this turn that wait for an answer; not in the table before they are appended. */
  #waiting: Waiting[] = [];

  constructor(timers: Timers, journal: StateJournal, table: OffsetTable, batchMs: number) {
    this.#timers = timers;
    this.#journal = journal;
    this.#table = table;
    this.#batchMs = batchMs;
  }

  /** A oneway update, or one that rode on a pull: counts at once. */
  update(group: string, topic: string, queueId: number, offset: number): void {
    // It came after those that wait, so it has to stand behind them.
    if (this.#waiting.length > 0) this.flush();
    this.#table.update(group, topic, queueId, offset);
    if (this.#table.dirtyCount > 0) this.#startTimer(this.#batchMs);
  }

  /** An update whose sender waits until it is committed; counts from the end of this turn on, unless it is refused. */
  updateAndWait(row: QueueProgress, done: OffsetDone): void {
    this.#waiting.push({ row, done });
    if (this.#waiting.length === 1) this.#timers.endOfTurn(this.#flushWaiting);
  }

  /** Appends now what is dirty and what waits. */
  flush(): void {
    this.#stopTimer();
    const waiting = this.#waiting;
    this.#waiting = [];
    const refusal = this.#flushDirty();
    for (let from = 0; from < waiting.length; from += MAX_ROWS) {
      const part = waiting.slice(from, from + MAX_ROWS);
      const settle = (outcome: JournalOutcome | PutRefusal): void => {
        for (const { done } of part) done(outcome);
      };
      const refused =
        refusal ??
        this.#append(
          part.map(({ row }) => row),
          settle,
        );
      if (refused !== undefined) settle(refused);
    }
  }

  #flushDirty(): PutRefusal | undefined {
    const rows = this.#table.dirty();
    for (let from = 0; from < rows.length; from += MAX_ROWS) {
      const refusal = this.#append(rows.slice(from, from + MAX_ROWS));
      if (refusal === undefined) continue;
      this.#startTimer(RETRY_MS);
      return refusal;
    }
    return undefined;
  }

  /** Step-down: updates without an answer are dropped with the tail, those that wait are refused. */
  stepDown(text: string): void {
    this.#stopTimer();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done({ status: 'not-leader', text });
  }

  readonly #flushWaiting = (): void => {
    if (this.#waiting.length > 0) this.flush();
  };

  readonly #flushTimer = (): void => {
    this.#timer = undefined;
    this.flush();
  };

  #append(offsets: QueueProgress[], done?: (outcome: JournalOutcome) => void): PutRefusal | undefined {
    return this.#journal.append([{ type: 'offsets-put', offsets }], done);
  }

  #startTimer(delayMs: number): void {
    this.#timer ??= this.#timers.after(delayMs, this.#flushTimer);
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
    this.#timer = undefined;
  }
}
