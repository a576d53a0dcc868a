interface Waiter {
  readonly round: number;
  looks: number;
  readonly done: (master: boolean) => void;
}

const MOST_LOOKS = 2;

/** Questions whether this broker is still the master, each answered when all slaves that count have echoed a round that is not older. */
export class RoundWaiters {
  #waiting: Waiter[] = [];

  add(round: number, done: (master: boolean) => void): void {
    this.#waiting.push({ round, looks: 0, done });
  }

  /** All slaves that count have echoed this round. */
  reached(round: number): void {
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter((waiter) => waiter.round <= round);
    this.#waiting = this.#waiting.filter((waiter) => waiter.round > round);
    for (const { done } of ready) done(true);
  }

  /** Called regularly: who has waited for several calls hears that nothing is proved. */
  expire(): void {
    for (const waiter of this.#waiting) waiter.looks++;
    const late = this.#waiting.filter(({ looks }) => looks > MOST_LOOKS);
    if (late.length === 0) return;
    this.#waiting = this.#waiting.filter(({ looks }) => looks <= MOST_LOOKS);
    for (const { done } of late) done(false);
  }

  /** This broker is no master any more. */
  end(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done(false);
  }
}
