/** How an address failed. */
export type Fault =
  /** No connection, or it broke. */
  | 'unreachable'
  /** No answer in time: costly to find out again. */
  | 'silent'
  /** It answered that it cannot serve now. */
  | 'not-serving';

const FIRST_MS: Readonly<Record<Fault, number>> = { unreachable: 100, silent: 1_000, 'not-serving': 20 };
const LONGEST_MS: Readonly<Record<Fault, number>> = { unreachable: 5_000, silent: 10_000, 'not-serving': 200 };

interface Entry {
  avoidUntilMs: number;
  kind: Fault;
  /** How long the next failure of a kind will keep the address away. */
  readonly nextMs: Record<Fault, number>;
}

/**
 * Which addresses failed lately and are better avoided for a while. Only a preference: where all failed, the one that is free first is
 * taken. Times are monotonic milliseconds; the wait doubles with each failure and is forgotten at the first success.
 */
export class FaultTable {
  readonly #entries = new Map<string, Entry>();

  /** True if no address is avoided: the usual case, in which nothing needs to be compared. */
  get empty(): boolean {
    return this.#entries.size === 0;
  }

  failed(address: string, fault: Fault, nowMs: number): void {
    const entry = this.#entries.get(address) ?? { avoidUntilMs: 0, kind: fault, nextMs: { ...FIRST_MS } };
    // Many messages in flight fail together: they count as one failure.
    if (entry.avoidUntilMs > nowMs && entry.kind === fault) return;
    entry.kind = fault;
    entry.avoidUntilMs = nowMs + entry.nextMs[fault];
    entry.nextMs[fault] = Math.min(LONGEST_MS[fault], entry.nextMs[fault] * 2);
    this.#entries.set(address, entry);
  }

  succeeded(address: string): void {
    if (this.#entries.size > 0) this.#entries.delete(address);
  }

  isAvoided(address: string, nowMs: number): boolean {
    const entry = this.#entries.get(address);
    return entry !== undefined && entry.avoidUntilMs > nowMs;
  }

  /** How the address failed last; undefined for one without a failure. */
  kind(address: string): Fault | undefined {
    return this.#entries.get(address)?.kind;
  }

  /** When the address is free again; 0 for one without a failure. */
  freeAtMs(address: string): number {
    return this.#entries.get(address)?.avoidUntilMs ?? 0;
  }

  /** Forgets addresses that no route names any more. */
  retain(addresses: ReadonlySet<string>): void {
    for (const address of [...this.#entries.keys()]) {
      if (!addresses.has(address)) this.#entries.delete(address);
    }
  }
}
