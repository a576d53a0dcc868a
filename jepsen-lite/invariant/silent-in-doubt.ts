import type { Message } from '../../raft/index.ts';
import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** A member in doubt grants no vote and no pre-vote, and does not stand, but in a doubt election (raft/SAFETY.md 2). */
export class SilentInDoubt implements Invariant {
  readonly name = 'silent-in-doubt';

  sent({ name, replica }: NodeWatch, message: Message): string | undefined {
    switch (message.type) {
      case 'vote':
        return replica.status().inDoubt ? `${name} stands in term ${message.term}, though it is in doubt` : undefined;
      case 'vote-reply':
      case 'pre-vote-reply':
        if (!message.granted || !replica.status().inDoubt) return undefined;
        return `${name} grants ${message.to} a ${message.type === 'vote-reply' ? 'vote' : 'pre-vote'} in term ${message.term}, though it is in doubt`;
      default:
        return undefined;
    }
  }
}
