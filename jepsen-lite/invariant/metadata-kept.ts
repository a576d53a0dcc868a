import type { Invariant } from './invariant.ts';
import type { BrokerData } from './raft-member.ts';

/** A broker, and what it keeps. */
interface MetadataHolder {
  readonly name: string;
  readonly data: BrokerData;
}

/**
 * Answered with success means committed: topics and groups that were made are there, those that were removed are not, and stored consumer offsets do not go back
 * (README.md, promise 9). Judged on each leader that begins to serve, and in the end on everybody.
 */
export class MetadataKept implements Invariant {
  readonly name = 'metadata-kept';
  /** True: it must be there; false: it must not. What is on its way or unknown is not listed. */
  readonly #topics = new Map<string, boolean>();
  readonly #groups = new Map<string, boolean>();
  readonly #offsets = new Map<string, { group: string; topic: string; queueId: number; offset: number }>();

  /** Somebody begins to change a topic: nobody knows how it stands until an answer comes. */
  topicInDoubt(topic: string): void {
    this.#topics.delete(topic);
  }

  topicIs(topic: string, there: boolean): void {
    this.#topics.set(topic, there);
  }

  groupInDoubt(group: string): void {
    this.#groups.delete(group);
  }

  groupIs(group: string, there: boolean): void {
    this.#groups.set(group, there);
  }

  /** The only writer of a group's offset got its answer. */
  offsetStored(group: string, topic: string, queueId: number, offset: number): void {
    this.#offsets.set(`${group} ${topic} ${queueId}`, { group, topic, queueId, offset });
  }

  /** A write of it has an unknown outcome: it may take effect at any later time. */
  offsetInDoubt(group: string, topic: string, queueId: number): void {
    this.#offsets.delete(`${group} ${topic} ${queueId}`);
  }

  serves(node: MetadataHolder): string | undefined {
    return this.#judge(node);
  }

  healed(nodes: readonly MetadataHolder[]): string | undefined {
    for (const node of nodes) {
      const text = this.#judge(node);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  #judge({ name, data }: MetadataHolder): string | undefined {
    const { topics, groups, offsets } = data.state;
    for (const [topic, there] of this.#topics) {
      if ((topics.get(topic) !== undefined) !== there) return wrong(name, `topic ${topic}`, there);
    }
    for (const [group, there] of this.#groups) {
      if ((groups.get(group) !== undefined) !== there) return wrong(name, `group ${group}`, there);
    }
    for (const { group, topic, queueId, offset } of this.#offsets.values()) {
      const own = offsets.get(group, topic, queueId) ?? -1;
      if (own < offset)
        return `${name} has ${own} as the offset of ${group} in ${topic}/${queueId}, but ${offset} was answered with success`;
    }
    return undefined;
  }
}

function wrong(name: string, what: string, there: boolean): string {
  return `${name} ${there ? 'lacks' : 'still has'} ${what}, though ${there ? 'making' : 'removing'} it was answered with success`;
}
