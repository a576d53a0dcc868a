import type { RoleChange } from '../../raft/index.ts';
import type { Clock } from '../../src/platform/ports.ts';

/** One change of role, term or leader. */
export interface RoleRecord {
  /** Wall time, ms. */
  readonly atMs: number;
  readonly role: string;
  readonly term: number;
  readonly leader: string | undefined;
  readonly reason: string;
  readonly votes: readonly string[];
  /** Time without a known leader before the change. */
  readonly leaderlessMs: number;
}

/** Totals since the start. */
export interface ElectionCounts {
  /** Elections that this member stood in, and won. */
  readonly stood: number;
  readonly won: number;
  /** How often it learned of a new leader, or of a new term of one. */
  readonly leaders: number;
  /** Elections that this member won or voted in while fewer than a majority were free of doubt, foundings left out: acknowledged messages may be lost in each. */
  readonly inDoubt: number;
}

/** The leader of `term` was elected while fewer than a majority were free of doubt. */
export interface DoubtElection {
  readonly term: number;
  readonly leader: string;
  /** Wall time at which it was known here, ms. */
  readonly atMs: number;
}

const KEPT = 32;

/** What role a member had, for status pages and metrics. */
export class RoleHistory {
  readonly #clock: Clock;
  readonly #records: RoleRecord[] = [];
  #elections: ElectionCounts = { stood: 0, won: 0, leaders: 0, inDoubt: 0 };
  /** Term of the last election stood in, and the last leader heard of. */
  #stoodTerm = 0;
  #lastLeader = '';
  #doubtElection: DoubtElection | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The last changes, oldest first. */
  get records(): readonly RoleRecord[] {
    return this.#records;
  }

  get elections(): ElectionCounts {
    return this.#elections;
  }

  /** The last election in doubt since the start. */
  get doubtElection(): DoubtElection | undefined {
    return this.#doubtElection;
  }

  /** `isFounding`: the group is not founded yet, so that nothing was acknowledged before. */
  add(change: RoleChange, isFounding: boolean): void {
    const { role, term, leader, reason, votes, leaderlessMs, inDoubtElection } = change;
    const before = this.#records.at(-1);
    this.#records.push({ atMs: this.#clock.nowMs(), role, term, leader, reason, votes, leaderlessMs });
    if (this.#records.length > KEPT) this.#records.shift();
    let { stood, won, leaders, inDoubt } = this.#elections;
    const elected = role === 'leader' && (before?.role !== 'leader' || before.term !== term);
    if ((role === 'candidate' || elected) && this.#stoodTerm !== term) {
      this.#stoodTerm = term;
      stood++;
    }
    if (elected) won++;
    const known = leader === undefined ? '' : `${term} ${leader}`;
    if (known !== '' && known !== this.#lastLeader) {
      this.#lastLeader = known;
      leaders++;
    }
    if (inDoubtElection && leader !== undefined && !isFounding && this.#doubtElection?.term !== term) {
      this.#doubtElection = { term, leader, atMs: this.#clock.nowMs() };
      inDoubt++;
    }
    this.#elections = { stood, won, leaders, inDoubt };
  }
}
