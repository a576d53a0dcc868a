import type { PendingPut, PutOutcome } from './put-message.ts';

const FIRST_CAPACITY = 1024;

/** Puts that wait for their outcome, in the order of their tickets. Nothing is allocated per put. */
export class PendingRing {
  #items: (PendingPut | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  /** Running numbers; the place of item n is n modulo the capacity (a power of two). */
  #head = 0;
  #tail = 0;

  get size(): number {
    return this.#tail - this.#head;
  }

  /** The ticket stands in `pending.ticket`, unless that object is shared by several: then in `tickets`. */
  #tickets = new Float64Array(FIRST_CAPACITY);

  push(ticket: number, pending: PendingPut): void {
    if (this.#tail - this.#head === this.#items.length) this.#grow();
    const at = this.#tail & (this.#items.length - 1);
    this.#items[at] = pending;
    this.#tickets[at] = ticket;
    this.#tail++;
  }

  #grow(): void {
    const old = this.#items;
    const oldTickets = this.#tickets;
    this.#items = new Array(old.length * 2).fill(undefined);
    this.#tickets = new Float64Array(old.length * 2);
    for (let n = this.#head; n < this.#tail; n++) {
      this.#items[n & (this.#items.length - 1)] = old[n & (old.length - 1)];
      this.#tickets[n & (this.#items.length - 1)] = oldTickets[n & (old.length - 1)]!;
    }
  }

  /** Ends all puts with tickets up to `ticket`; returns their number. Puts made by the callbacks are not among them, unless their tickets are. */
  finish(ticket: number, outcome: PutOutcome): number {
    let count = 0;
    while (this.#head < this.#tail) {
      const at = this.#head & (this.#items.length - 1);
      if (this.#tickets[at]! > ticket) break;
      const pending = this.#items[at]!;
      this.#items[at] = undefined;
      this.#head++;
      count++;
      pending.putFinished(outcome);
    }
    return count;
  }
}
