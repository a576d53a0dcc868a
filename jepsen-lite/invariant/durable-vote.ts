import { readHardState } from '../../cluster/raft-storage/hard-state.ts';
import type { Message } from '../../raft/index.ts';
import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** Term and vote are on the medium before a vote leaves (README.md, promise 3; thesis, section 3.8): read there, not where programs look. */
export class DurableVote implements Invariant {
  readonly name = 'durable-vote';

  sent(node: NodeWatch, message: Message): string | undefined {
    switch (message.type) {
      case 'vote':
      case 'doubt-vote':
        return this.#judge(node, message.term, node.name);
      case 'vote-reply':
      case 'doubt-vote-reply':
        return message.granted ? this.#judge(node, message.term, message.to) : undefined;
      default:
        return undefined;
    }
  }

  #judge({ name, member, machine }: NodeWatch, term: number, candidate: string): string | undefined {
    const { storage, hardStatePath: path } = member;
    const medium = { readFile: () => machine.durableContent(path) };
    const { memberId, groupName } = storage.hardState.record;
    const read = readHardState(medium, path, { memberId, groupName });
    const there = read.kind === 'ok' ? `term ${read.record.term}, vote '${read.record.vote}'` : read.kind;
    if (
      read.kind === 'ok' &&
      (read.record.term > term || (read.record.term === term && read.record.vote === candidate))
    )
      return undefined;
    return `${name} votes for ${candidate} in term ${term}, while its medium says: ${there}`;
  }
}
