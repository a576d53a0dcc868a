/** `later` began after `earlier` had returned, and contradicts it; both are numbers of operations. */
export type OrderBreak = { readonly earlier: number; readonly later: number };

/**
 * What operations show about a counter that only grows, such as a queue's length. Kept as columns: a run has millions. Equal times count as
 * concurrent.
 */
export class OrderSweep {
  readonly #id: number[] = [];
  readonly #callNs: number[] = [];
  readonly #returnNs: number[] = [];
  readonly #shows: number[] = [];
  readonly #needs: number[] = [];

  /**
   * Operation `id` shows from `returnNs` on (undefined: never) that the counter is at least `shows`, and that at some time after `callNs` it
   * was at most `needs` (undefined: says nothing).
   */
  add(id: number, callNs: number, returnNs: number | undefined, shows: number, needs: number | undefined): void {
    this.#id.push(id);
    this.#callNs.push(callNs);
    this.#returnNs.push(returnNs ?? Number.POSITIVE_INFINITY);
    this.#shows.push(shows);
    this.#needs.push(needs ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Finds each operation that needs the counter to be lower than one that had returned before its call has shown. One break for each later
   * operation, against the highest earlier one. O(n log n).
   */
  findBreaks(): OrderBreak[] {
    const calls = orderBy(this.#callNs);
    const returns = orderBy(this.#returnNs);
    const breaks: OrderBreak[] = [];
    let next = 0;
    let highest = -1;
    for (const later of calls) {
      for (; this.#returnNs[returns[next]!]! < this.#callNs[later]!; next += 1) {
        const at = returns[next]!;
        if (highest === -1 || this.#shows[at]! > this.#shows[highest]!) highest = at;
      }
      if (highest !== -1 && this.#shows[highest]! > this.#needs[later]!) {
        breaks.push({ earlier: this.#id[highest]!, later: this.#id[later]! });
      }
    }
    return breaks;
  }
}

/** The places of a column by rising time; those of one time in their order. */
function orderBy(timesNs: readonly number[]): Uint32Array {
  const order = Uint32Array.from(timesNs.keys());
  const sorted = timesNs.every((timeNs, at) => at === 0 || timesNs[at - 1]! <= timeNs);
  return sorted ? order : order.sort((a, b) => timesNs[a]! - timesNs[b]! || a - b);
}
