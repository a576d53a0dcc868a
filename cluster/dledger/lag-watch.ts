import type { ReplicaStatus } from '../../raft/index.ts';
import type { Logger, Timer, Timers } from '../../src/platform/ports.ts';

const CHECK_MS = 5_000;

/** Tells the people who read a leader's log of members that need a snapshot: its log does not reach back to what they lack. */
export class LagWatch {
  readonly #timers: Timers;
  readonly #logger: Logger;
  readonly #status: () => ReplicaStatus;
  #behind = new Set<string>();
  #timer: Timer | undefined;

  constructor(timers: Timers, logger: Logger, status: () => ReplicaStatus) {
    this.#timers = timers;
    this.#logger = logger;
    this.#status = status;
  }

  start(): void {
    this.#timer = this.#timers.every(CHECK_MS, () => this.#look());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
  }

  #look(): void {
    const { peers } = this.#status();
    const behind = new Set(peers.filter(({ state }) => state === 'behind').map(({ id }) => id));
    for (const { id, match } of peers) {
      if (!behind.has(id) || this.#behind.has(id)) continue;
      const text = 'A member lacks entries that the log of this leader no longer holds: it needs a snapshot';
      this.#logger.warn(text, { peer: id, match });
    }
    this.#behind = behind;
  }
}
