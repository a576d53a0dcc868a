import type { Message } from '../../raft/index.ts';
import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** A member votes for one candidate in a term, over restarts too (thesis, section 3.4; raft/SAFETY.md 2). Judged by what it tells others. */
export class OneVote implements Invariant {
  readonly name = 'one-vote';
  /** By member and term. */
  readonly #votes = new Map<string, string>();

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
    const key = `${member} ${term}`;
    const before = this.#votes.get(key);
    this.#votes.set(key, candidate);
    if (before === undefined || before === candidate) return undefined;
    return `${member} votes for ${candidate} in term ${term}, in which it voted for ${before}`;
  }
}
