import type { Message } from '../../raft/index.ts';
import type { Invariant } from './invariant.ts';
import type { CommittedEntry } from './ledger.ts';
import type { NodeWatch } from './node-watch.ts';

/**
 * An entry is committed when a majority of the voters has it (thesis, section 3.5), each of them free of doubt (raft/SAFETY.md 2), unless its leader was
 * elected by the votes of all voters, those in doubt included. What a member had once and lost with its power counts: it may have acknowledged it before.
 */
export class CommittedByMajority implements Invariant {
  readonly name = 'committed-by-majority';
  /** By member: the chain checksum of the entry that it had last at an index while it was free of doubt. */
  readonly #had = new Map<string, number[]>();
  /** Terms in which a doubt election was held. */
  readonly #doubtTerms = new Set<number>();

  appended(node: NodeWatch, index: number, _term: number, chainCrc: number): string | undefined {
    if (!node.inDoubt) this.#chainsOf(node.name)[index] = chainCrc;
    return undefined;
  }

  doubtEnded({ name, chains }: NodeWatch): string | undefined {
    const had = this.#chainsOf(name);
    for (let index = 1; index < chains.length; index++) had[index] = chains[index] ?? 0;
    return undefined;
  }

  sent(_node: NodeWatch, message: Message): string | undefined {
    if (message.type === 'doubt-vote') this.#doubtTerms.add(message.term);
    return undefined;
  }

  firstCommitted(node: NodeWatch, { index, term, chainCrc }: CommittedEntry): string | undefined {
    // An entry of an older term is committed by one of the present term, which is judged itself.
    if (this.#doubtTerms.has(term) || term < node.replica.term) return undefined;
    const { voters } = node.replica.status();
    const holders = voters.filter((name) => this.#had.get(name)?.[index] === chainCrc);
    if (holders.length * 2 > voters.length) return undefined;
    return `${node.name} commits entry ${index} of term ${term}, which only ${holders.join(', ') || 'nobody'} of ${voters.join(', ')} had while free of doubt`;
  }

  #chainsOf(name: string): number[] {
    const chains = this.#had.get(name) ?? [];
    this.#had.set(name, chains);
    return chains;
  }
}
