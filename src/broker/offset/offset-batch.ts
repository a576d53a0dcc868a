import type { Timer, Timers } from '../../platform/ports.ts';
import type { StateJournal } from '../state/journal.ts';
import type { OffsetTable, QueueProgress } from './offset-table.ts';

/**
 * What became of an update that waited: `refused` is certain (nothing is in the log), `unknown` is not. `text` says why.
 */
export type OffsetOutcome = 'committed' | 'refused' | 'unknown';
export type OffsetDone = (outcome: OffsetOutcome, text: string) => void;

/** Offsets in one record at most: an entry of the log stays small. */
const MAX_ROWS = 4_000;
/** How soon a refused batch is tried again, ms. */
const RETRY_MS = 100;

/**
 * Brings offset updates into the journal: those that nobody waits for within `batchMs` of arrival, those with an answer at the end of
 * the turn, all dirty ones together.
 */
export class OffsetBatch {
  readonly #timers: Timers;
  readonly #journal: StateJournal;
  readonly #table: OffsetTable;
  readonly #batchMs: number;
  #timer: Timer | undefined;
  #waiting: OffsetDone[] = [];

  constructor(timers: Timers, journal: StateJournal, table: OffsetTable, batchMs: number) {
    this.#timers = timers;
    this.#journal = journal;
    this.#table = table;
    this.#batchMs = batchMs;
  }

  /** A oneway update, or one that rode on a pull. */
  update(group: string, topic: string, queueId: number, offset: number): void {
    this.#table.update(group, topic, queueId, offset);
    if (this.#table.dirtyCount > 0) this.#startTimer(this.#batchMs);
  }

  /** An update whose sender waits until it is committed. */
  updateAndWait(group: string, topic: string, queueId: number, offset: number, done: OffsetDone): void {
    this.#table.update(group, topic, queueId, offset);
    this.#waiting.push(done);
    if (this.#waiting.length === 1) this.#timers.endOfTurn(this.#flushWaiting);
  }

  /** Appends what is dirty now, as before a stop. */
  flush(): void {
    this.#stopTimer();
    const waiting = this.#waiting;
    this.#waiting = [];
    const rows = this.#table.dirty();
    if (rows.length === 0 && waiting.length === 0) return;
    // An update that repeats a value on its way is answered by a record of its own, empty if need be, behind that value.
    for (let from = 0; from === 0 || from < rows.length; from += MAX_ROWS) {
      const last = from + MAX_ROWS >= rows.length;
      const refusal = this.#append(rows.slice(from, from + MAX_ROWS), last ? waiting : []);
      if (refusal !== undefined) {
        this.#refused(waiting, refusal);
        return;
      }
    }
  }

  /** Step-down: updates without an answer are dropped with the tail; nobody is left waiting for a batch. */
  stepDown(text: string): void {
    this.#stopTimer();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done('refused', text);
  }

  readonly #flushWaiting = (): void => {
    if (this.#waiting.length > 0) this.flush();
  };

  readonly #flushTimer = (): void => {
    this.#timer = undefined;
    this.flush();
  };

  #append(offsets: QueueProgress[], waiting: OffsetDone[]): string | undefined {
    const done =
      waiting.length === 0
        ? undefined
        : (outcome: 'committed' | 'unknown') => {
            for (const settle of waiting)
              settle(outcome, 'the offset was appended, but this broker lost its leadership');
          };
    return this.#journal.append([{ type: 'offsets-put', offsets }], done)?.text;
  }

  #refused(waiting: OffsetDone[], text: string): void {
    this.#startTimer(RETRY_MS);
    for (const done of waiting) done('refused', text);
  }

  #startTimer(delayMs: number): void {
    this.#timer ??= this.#timers.after(delayMs, this.#flushTimer);
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
    this.#timer = undefined;
  }
}
