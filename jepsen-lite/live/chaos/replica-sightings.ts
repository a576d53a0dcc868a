import type { RaftStatus } from '../../../src/http/status-source.ts';
import type { ReplicaEvent } from '../../checker/replica-state.ts';

interface Sighting {
  readonly starts: number;
  ledTerm: number;
  commitIndex: number;
}

/**
 * What members of a Raft group tell of themselves, as the replica checker takes it: who began to lead which term, from their own lists of roles, so that no leadership between two looks is missed;
 * and up to where each had committed at each look. Votes are left out: they are heard of long after they were given, and `KnownVotes` holds them to the disks.
 */
export class ReplicaSightings {
  readonly events: ReplicaEvent[] = [];
  readonly #latest = new Map<string, Sighting>();

  /** The process that `node` was started with the `starts`th time told this; answers of one member come in the order in which it gave them. */
  heard(
    node: string,
    starts: number,
    {
      commitIndex,
      roleHistory,
    }: Pick<RaftStatus, 'commitIndex'> & {
      readonly roleHistory: readonly Pick<RaftStatus['roleHistory'][number], 'role' | 'term'>[];
    },
    timeNs: number,
  ): void {
    const before = this.#latest.get(node);
    const seen = before?.starts === starts ? before : { starts, ledTerm: 0, commitIndex: 0 };
    this.#latest.set(node, seen);
    if (seen !== before) this.events.push({ kind: 'start', node, hardStateLost: false, timeNs });
    for (const { role, term } of roleHistory) {
      if (role !== 'leader' || term <= seen.ledTerm) continue;
      seen.ledTerm = term;
      this.events.push({ kind: 'leader', node, term, timeNs });
    }
    if (commitIndex === seen.commitIndex) return;
    seen.commitIndex = commitIndex;
    this.events.push({ kind: 'commit', node, index: commitIndex, entryTerm: undefined, timeNs });
  }
}
