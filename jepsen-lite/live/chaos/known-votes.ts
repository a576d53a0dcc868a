import type { HardStateRead } from '../../../cluster/raft-storage/hard-state.ts';
import type { RoleRecord } from '../../../src/http/status-source.ts';

interface Vote {
  readonly term: number;
  readonly candidate: string;
}

/** For whom members voted last, as those tell who were elected by it: from then on it stands on their disks (README.md, promise 3; thesis, section 3.8). */
export class KnownVotes {
  readonly #votes = new Map<string, Vote>();

  /** A member told how it fared. */
  heard(candidate: string, history: readonly Pick<RoleRecord, 'role' | 'term' | 'votes'>[]): void {
    for (const { role, term, votes } of history) {
      if (role !== 'leader') continue;
      for (const voter of votes) {
        if (term > (this.#votes.get(voter)?.term ?? 0)) this.#votes.set(voter, { term, candidate });
      }
    }
  }

  /** The member has lost its disk. */
  forget(name: string): void {
    this.#votes.delete(name);
  }

  /** What the hard state of a member that does not run should say and does not; undefined: nothing. */
  problemOf(name: string, read: HardStateRead): string | undefined {
    const vote = this.#votes.get(name);
    if (vote === undefined || read.kind !== 'ok') return undefined;
    const { record } = read;
    if (record.term > vote.term || (record.term === vote.term && record.vote === vote.candidate)) return undefined;
    return `${name} voted for ${vote.candidate} in term ${vote.term}, while its disk says: term ${record.term}, vote '${record.vote}'`;
  }
}
