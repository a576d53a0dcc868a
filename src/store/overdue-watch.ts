/** Remembered ends of the log at most; beyond that the looks come more often than the time limit needs. */
const MAX_NOTES = 64;

/** Tells which units wait for too long, without a note for each unit: it remembers the last ticket at each look. */
export class OverdueWatch {
  readonly #limitMs: number;
  readonly #notes: { readonly ticket: number; readonly atMs: number }[] = [];
  #overdue = 0;

  /** A unit is overdue when it was there already at a look `limitMs` ago. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** The newest overdue ticket (0: none), given the last ticket of now and the last one that needs no wait any more. */
  look(nowMs: number, last: number, confirmed: number): number {
    const notes = this.#notes;
    while (notes.length > 0 && notes[0]!.ticket <= confirmed) notes.shift();
    while (notes.length > 0 && nowMs - notes[0]!.atMs >= this.#limitMs) this.#overdue = notes.shift()!.ticket;
    if (last > confirmed && last !== notes.at(-1)?.ticket && notes.length < MAX_NOTES)
      notes.push({ ticket: last, atMs: nowMs });
    return this.#overdue > confirmed ? this.#overdue : 0;
  }
}
