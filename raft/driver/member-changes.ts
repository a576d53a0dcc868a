import type { RaftNode } from '../core/node.ts';
import type { MemberChange, MemberSet, NodeId } from '../core/types.ts';

/** What `Replica.changeMembers` takes: one change, or two in a row. `replace`: the learner `by` is promoted, then `id` is removed. */
export type MembersRequest = MemberChange | { readonly kind: 'replace'; readonly id: NodeId; readonly by: NodeId };

/**
 * `refusal` undefined: committed, by entry `index`. Else a sentence. Index 0: nothing was changed. Else entry `index` was appended, and the sentence says what is known: its outcome is unknown, or
 * it is committed, and was the first of two steps.
 */
export type MembersDone = (refusal: string | undefined, index: number) => void;

/** Changes of the set of members that were asked of this leader: one at a time, each waits for its commit. */
export class MemberChanges {
  private readonly core: RaftNode;
  private readonly append: (members: MemberSet, change: MemberChange) => number;
  private index = 0;
  private term = 0;
  private waiting: MembersDone | undefined;

  /** `append` puts a config entry in the log and returns its index. */
  constructor(core: RaftNode, append: (members: MemberSet, change: MemberChange) => number) {
    this.core = core;
    this.append = append;
  }

  request(request: MembersRequest, done: MembersDone): void {
    // The one before may have ended in this turn.
    this.check();
    if (request.kind !== 'replace') {
      this.propose(request, done);
      return;
    }
    const { id, by } = request;
    if (!this.core.members.isVoter(id)) {
      done(`${id} is no voter`, 0);
      return;
    }
    this.propose({ kind: 'promote', id: by }, (refusal, index) => {
      if (refusal !== undefined) {
        done(refusal, index);
        return;
      }
      this.propose({ kind: 'remove', id }, (second, last) => {
        if (second === undefined) done(undefined, last);
        else if (last === 0) done(`${by} is a voter now, but ${id} still is one: ${second}`, index);
        else done(`${by} is a voter now, but whether ${id} still is one is open: ${second}`, last);
      });
    });
  }

  /** Commits or roles may have moved. */
  check(): void {
    const { waiting, index, term, core } = this;
    if (!waiting) return;
    const committed = core.commit >= index && core.runs.termAt(index) === term;
    if (!committed && core.role === 'leader' && core.term === term) return;
    this.waiting = undefined;
    waiting(committed ? undefined : 'outcome unknown: this node leads no longer', index);
  }

  stop(): void {
    const { waiting, index } = this;
    this.waiting = undefined;
    waiting?.('outcome unknown: stopped', index);
  }

  private propose(change: MemberChange, done: MembersDone): void {
    const set = this.core.checkChange(change);
    if (typeof set === 'string') {
      done(set, 0);
      return;
    }
    this.index = this.append(set, change);
    this.term = this.core.term;
    this.waiting = done;
  }
}
