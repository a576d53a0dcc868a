import type { SyncStateSet } from './replica-roles.ts';

/** A slave as far as the set is concerned. */
export interface Candidate {
  readonly brokerId: number;
  readonly ackPosition: number;
  readonly learner: boolean;
  /** When it last had everything, on the monotonic clock. */
  readonly caughtUpMs: number;
}

export interface TrackerOptions {
  readonly selfId: number;
  readonly set: SyncStateSet;
  readonly nowMs: number;
  /** A member that lacks something for so long leaves the set [haMaxTimeSlaveNotCatchup]. */
  readonly maxLagMs: number;
}

/** What a master knows of the slaves at one moment. */
export interface SetInput {
  readonly nowMs: number;
  readonly slaves: readonly Candidate[];
  readonly endPosition: number;
  /** End of what consumers may see: a slave that has it may join. */
  readonly confirmPosition: number;
  /** Where the master's own epoch begins: a slave that is not there yet may still be cut. */
  readonly epochStart: number;
}

/**
 * Which sets may be in force, as the master knows it: the one that a Controller told last, and every one that was proposed since. What is required is their union: a
 * proposal may have taken effect although its reply was lost (raft/SAFETY.md 10).
 */
export class SyncStateTracker {
  readonly #options: TrackerOptions;
  #decided: SyncStateSet;
  readonly #proposed: (readonly number[])[] = [];
  #required: ReadonlySet<number>;
  #waiting = false;
  /** Members whose connection ended, and which were not seen since. */
  readonly #gone = new Set<number>();

  constructor(options: TrackerOptions) {
    this.#options = options;
    this.#decided = options.set;
    this.#required = new Set([options.selfId, ...options.set.brokerIds]);
  }

  /** The set that a Controller told last. */
  get decided(): SyncStateSet {
    return this.#decided;
  }

  /** Members of every set that may be in force. */
  get required(): ReadonlySet<number> {
    return this.#required;
  }

  /** Every set that may be in force, the one that a Controller told last first. */
  get candidates(): readonly (readonly number[])[] {
    return [this.#decided.brokerIds, ...this.#proposed];
  }

  left(brokerId: number): void {
    this.#gone.add(brokerId);
  }

  /** The set that should be proposed now; undefined if there is nothing to change, or an answer is awaited. It counts as proposed from here on. */
  propose(input: SetInput): SyncStateSet | undefined {
    if (this.#waiting) return undefined;
    for (const { brokerId } of input.slaves) this.#gone.delete(brokerId);
    const wish = this.#wish(input);
    const { brokerIds, setEpoch } = this.#decided;
    if (sameMembers(wish, brokerIds)) return undefined;
    this.#waiting = true;
    if (!this.#proposed.some((proposed) => sameMembers(proposed, wish))) this.#proposed.push(wish);
    this.#count();
    return { brokerIds: wish, setEpoch };
  }

  /**
   * One that is late neither stays nor joins. While a wish to drop it may not be in force yet, the confirm position stands at what it has, so that reaching that would take it back at once; when it is out, that
   * position is what all others have.
   */
  #wish({ nowMs, slaves, endPosition, confirmPosition, epochStart }: SetInput): number[] {
    const { selfId, maxLagMs } = this.#options;
    const isLate = ({ ackPosition, caughtUpMs }: Candidate): boolean =>
      ackPosition < endPosition && nowMs - caughtUpMs > maxLagMs;
    const byId = new Map(slaves.map((slave) => [slave.brokerId, slave]));
    const staying = this.#decided.brokerIds.filter((id) => {
      if (id === selfId) return true;
      const slave = byId.get(id);
      if (slave === undefined) return !this.#gone.has(id) && nowMs - this.#options.nowMs <= maxLagMs;
      return !slave.learner && !isLate(slave);
    });
    const joining = slaves.filter((slave) => {
      return !slave.learner && !isLate(slave) && slave.ackPosition >= Math.max(confirmPosition, epochStart);
    });
    return [...new Set([selfId, ...staying, ...joining.map(({ brokerId }) => brokerId)])].sort((a, b) => a - b);
  }

  /** A Controller told the set; false if that is not newer than what is known. */
  decide(set: SyncStateSet): boolean {
    if (set.setEpoch <= this.#decided.setEpoch) return false;
    this.#decided = set;
    this.#proposed.length = 0;
    this.#waiting = false;
    this.#count();
    return true;
  }

  /** The last proposal is over without effect, or without an answer: another one may follow. */
  answered(): void {
    this.#waiting = false;
  }

  #count(): void {
    this.#required = new Set([this.#options.selfId, ...this.#decided.brokerIds, ...this.#proposed.flat()]);
  }
}

function sameMembers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}
