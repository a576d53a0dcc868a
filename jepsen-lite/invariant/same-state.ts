import { crc32 } from 'node:zlib';
import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** The state is compared at every so many entries, and in the end: its hash is the dear part. */
const EVERY = 16;

/**
 * Members that have applied the same entries have the same state: topics, groups, consumer offsets, delay progress, next offsets of all queues (thesis,
 * figure 3.2, State Machine Safety; raft/SAFETY.md 5).
 */
export class SameState implements Invariant {
  readonly name = 'same-state';
  readonly #hashes = new Map<number, { readonly hash: string; readonly by: string }>();

  applied(node: NodeWatch, index: number): string | undefined {
    return index % EVERY === 0 && index > 0 ? this.#compare(node, index) : undefined;
  }

  healed(nodes: readonly NodeWatch[]): string | undefined {
    for (const node of nodes) {
      const text = this.#compare(node, node.applied);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  #compare({ name, member, data }: NodeWatch, index: number): string | undefined {
    const { state, store } = data;
    // A member that was given a snapshot has its state at once, and its log from further back (cluster/dledger/README.md).
    if (index < (member.storage.snapshot?.header.index ?? 0)) return undefined;
    const queues = [...store.queueOffsets()].sort(([a], [b]) => (a < b ? -1 : 1));
    const hash = `${state.hash()} ${crc32(JSON.stringify(queues))}`;
    const known = this.#hashes.get(index);
    if (known === undefined) this.#hashes.set(index, { hash, by: name });
    if (known === undefined || known.hash === hash) return undefined;
    return `after entry ${index} ${name} has another state than ${known.by} had`;
  }
}
