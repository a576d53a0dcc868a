import type { Message } from '../../raft/index.ts';
import type { Invariant } from './invariant.ts';
import type { NodeWatch } from './node-watch.ts';

/** What a follower acknowledges is in its file, byte for byte (raft/SAFETY.md 3 and 7): looked up in the page cache, not asked of its log. */
export class WrittenIsThere implements Invariant {
  readonly name = 'written-is-there';
  /** By member: entries up to here were compared. */
  readonly #compared = new Map<string, number>();

  opened({ name }: NodeWatch): string | undefined {
    this.#compared.delete(name);
    return undefined;
  }

  appended({ name }: NodeWatch, index: number): string | undefined {
    if ((this.#compared.get(name) ?? 0) >= index) this.#compared.set(name, index - 1);
    return undefined;
  }

  sent(node: NodeWatch, message: Message): string | undefined {
    if (message.type !== 'append-reply' || message.rejected) return undefined;
    // What it had before its start cannot be compared with anything, and may have rotted since.
    const from = Math.max((this.#compared.get(node.name) ?? 0) + 1, node.log.firstIndex, node.log.firstPlaced);
    for (let index = from; index <= message.index; index++) {
      if (!this.#isThere(node, index)) return `${node.name} acknowledges entry ${index}, which is not in its file`;
    }
    if (message.index >= from) this.#compared.set(node.name, message.index);
    return undefined;
  }

  #isThere({ log, machine }: NodeWatch, index: number): boolean {
    const { segments } = log;
    const position = log.positionOf(index);
    const size = log.endOf(index) - position;
    const bytes = segments.view(position, size);
    // What left the memory cannot be compared with anything.
    if (bytes === undefined) return true;
    const inFile = machine.bytesOf(segments.files.pathOf(position), position - segments.files.startOf(position), size);
    return inFile?.equals(bytes) === true;
  }
}
