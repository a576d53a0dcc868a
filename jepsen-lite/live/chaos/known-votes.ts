import type { HardStateRead } from '../../../cluster/raft-storage/hard-state.ts';
import type { RoleRecord } from '../../../src/http/status-source.ts';

interface Vote {
  readonly term: number;
  readonly candidate: string;
}

/** For whom members voted last, as those tell who were elected by it: from then on it stands on their disks (README.md, promise 3; thesis, section 3.8). */
export class KnownVotes {
  readonly #votes = new Map<string, Vote>();
  /** Terms up to which members may have forgotten how they voted. */
  readonly #forgotten = new Map<string, number>();

  /** A member told how it fared. */
  heard(candidate: string, history: readonly Pick<RoleRecord, 'role' | 'term' | 'votes'>[]): void {
    for (const { role, term, votes } of history) {
      if (role !== 'leader') continue;
      for (const voter of votes) {
        const known = Math.max(this.#votes.get(voter)?.term ?? 0, this.#forgotten.get(voter) ?? 0);
        if (term > known) this.#votes.set(voter, { term, candidate });
      }
    }
  }

  /**
   * A member that may have lost what was on its disk is whole again, in this term: no leader of a later one was elected by a vote of before. Others go on telling of those votes, of which it knows
   * nothing any more.
   */
  forgot(name: string, term: number): void {
    this.#forgotten.set(name, term);
    if ((this.#votes.get(name)?.term ?? 0) <= term) this.#votes.delete(name);
  }

  /** What the hard state of a member that does not run should say and does not; undefined: nothing. */
  problemOf(name: string, read: HardStateRead): string | undefined {
    const vote = this.#votes.get(name);
    if (vote === undefined) return undefined;
    const voted = `${name} voted for ${vote.candidate} in term ${vote.term}, while its disk`;
    if (read.kind === 'absent') return `${voted} holds no hard state`;
    if (read.kind !== 'ok') return `${voted} holds none that can be used: ${read.message}`;
    const { term, vote: candidate } = read.record;
    if (term > vote.term || (term === vote.term && candidate === vote.candidate)) return undefined;
    return `${voted} says: term ${term}, vote '${candidate}'`;
  }
}
