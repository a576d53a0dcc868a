/** How far the consumers of a run came: in each queue, up to behind the highest offset that one of them was given. */
export class Consumption {
  readonly #ends = new Map<string, number>();

  /** A message of the queue `key` was given to a consumer. */
  consumed(key: string, offset: number): void {
    this.#ends.set(key, Math.max(this.#ends.get(key) ?? 0, offset + 1));
  }

  /** Whether every queue was consumed up to its end. */
  reached(queues: ReadonlyMap<string, { readonly end: number }>): boolean {
    return [...queues].every(([key, { end }]) => (this.#ends.get(key) ?? 0) >= end);
  }
}
