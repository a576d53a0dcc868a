import { type PeerStatus, takeoverProblem } from '../../raft/index.ts';

/** Who leads, and in which term. */
export interface Reign {
  readonly name: string;
  readonly term: number;
}

/** An orderly stop of a leader leaves no time without one: another member leads before its process is gone, where one may take over (raft/SAFETY.md 6, thesis 3.10). */
export class HandsOver {
  readonly name = 'hands-over';
  readonly #leader: Reign;
  readonly #heirs: readonly string[];

  /** The leader is about to be told to stop, and nothing disturbs the group; `peers` as the leader sees them. */
  constructor(leader: Reign, peers: readonly PeerStatus[]) {
    this.#leader = leader;
    this.#heirs = peers.filter((peer) => peer.heard && takeoverProblem(peer) === undefined).map(({ id }) => id);
  }

  /** Its process has just ended; `next` leads now. */
  gone(next: Reign | undefined): string | undefined {
    const { name, term } = this.#leader;
    if (this.#heirs.length === 0 || (next !== undefined && next.name !== name && next.term > term)) return undefined;
    return `${name}, which led in term ${term} and was told to stop, is gone, and nobody leads: ${this.#heirs.join(' and ')} could have taken over`;
  }
}
