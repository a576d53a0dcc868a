import { crc32 } from 'node:zlib';
import type { Invariant } from './invariant.ts';
import type { BrokerData } from './raft-member.ts';

/** The state is compared at every so many entries, and in the end: its hash is the dear part. */
const EVERY = 16;

/** A broker, and what it keeps. */
interface StateHolder {
  readonly name: string;
  readonly data: BrokerData;
  readonly applied: number;
  /** Its state is that of its applied index from here on: a member that was given a snapshot has its state at once, and its log from further back. */
  readonly stateFrom: number;
}

/**
 * Members that have applied the same entries have the same state: topics, groups, consumer offsets, delay progress, next offsets of all queues (thesis,
 * figure 3.2, State Machine Safety; raft/SAFETY.md 5).
 */
export class SameState implements Invariant {
  readonly name = 'same-state';
  readonly #hashes = new Map<number, { readonly hash: string; readonly by: string }>();

  applied(node: StateHolder, index: number): string | undefined {
    return index % EVERY === 0 && index > 0 ? this.#compare(node, index) : undefined;
  }

  healed(nodes: readonly StateHolder[]): string | undefined {
    for (const node of nodes) {
      const text = this.#compare(node, node.applied);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  #compare({ name, data, stateFrom }: StateHolder, index: number): string | undefined {
    const { state, store } = data;
    if (index < stateFrom) return undefined;
    const queues = [...store.queueOffsets()].sort(([a], [b]) => (a < b ? -1 : 1));
    const hash = `${state.hash()} ${crc32(JSON.stringify(queues))}`;
    const known = this.#hashes.get(index);
    if (known === undefined) this.#hashes.set(index, { hash, by: name });
    if (known === undefined || known.hash === hash) return undefined;
    return `after entry ${index} ${name} has another state than ${known.by} had`;
  }
}
