/** What a run gives to watch over its end. */
export interface LivenessOptions {
  /** Waits until the condition holds; false: it did not within so long. */
  readonly until: (ms: number, condition: () => boolean) => Promise<boolean>;
  readonly broken: (invariant: string, text: string) => void;
  /** How the servers are, for people. */
  readonly describe: () => string;
}

/** When faults are over the cluster serves again, its members come to hold the same, and clients end, each within its time (thesis, section 3.9: a group with a majority that can talk is available; faults.md, section 1: T). */
export class Liveness {
  readonly name = 'liveness';
  readonly #options: LivenessOptions;

  constructor(options: LivenessOptions) {
    this.#options = options;
  }

  /** Whether the condition comes true within `ms`; if not, `otherwise` is what is broken. */
  async within(ms: number, otherwise: string, condition: () => boolean): Promise<boolean> {
    if (await this.#options.until(ms, condition)) return true;
    return this.fails(otherwise);
  }

  /** Something that had to come about cannot any more. */
  fails(what: string): false {
    this.#options.broken(this.name, `${what}: ${this.#options.describe()}`);
    return false;
  }
}
