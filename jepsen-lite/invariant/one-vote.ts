import type { Message } from '../../raft/index.ts';
import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/**
 * A member votes for one candidate in a term, over restarts too (thesis, section 3.4; raft/SAFETY.md 2). Judged by what it tells others. Whoever lost its hard state cannot keep to what
 * stood there; what must not come of that, `silent-in-doubt` and `election-safety` hold.
 */
export class OneVote implements Invariant {
  readonly name = 'one-vote';
  /** Of each member, by term. */
  readonly #votes = new Map<string, Map<number, string>>();

  opened({ name, machine }: NodeWatch): undefined {
    if (machine.hardStateLost) this.#votes.delete(name);
  }

  sent({ name }: NodeWatch, message: Message): string | undefined {
    switch (message.type) {
      case 'vote':
      case 'doubt-vote':
        return this.#vote(name, message.term, name);
      case 'vote-reply':
      case 'doubt-vote-reply':
        return message.granted ? this.#vote(name, message.term, message.to) : undefined;
      default:
        return undefined;
    }
  }

  #vote(member: string, term: number, candidate: string): string | undefined {
    const own = this.#votes.get(member) ?? new Map<number, string>();
    this.#votes.set(member, own);
    const before = own.get(term);
    own.set(term, candidate);
    if (before === undefined || before === candidate) return undefined;
    return `${member} votes for ${candidate} in term ${term}, in which it voted for ${before}`;
  }
}
