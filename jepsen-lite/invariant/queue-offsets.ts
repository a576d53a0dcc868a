import { readInternalRecord } from '../../src/broker/state/apply-record.ts';
import { isQueued } from '../../src/store/commit-log.ts';
import { INTERNAL_TOPIC } from '../../src/store/internal-topic.ts';
import type { Invariant } from './invariant.ts';
import type { CommittedEntry } from './ledger.ts';
import type { BrokerData } from './raft-member.ts';

/** The offsets of a queue are 0, 1, 2, … in the order of the log, without a gap and without a second use; only a topic's removal begins anew (raft/SAFETY.md 5). */
export class QueueOffsetsInOrder implements Invariant {
  readonly name = 'queue-offsets';
  readonly #next = new Map<string, Map<number, number>>();

  firstCommitted({ name }: { readonly name: string }, { index, records }: CommittedEntry): string | undefined {
    for (const { topic, queueId, queueOffset, sysFlag, position, bytes } of records) {
      if (!isQueued(sysFlag)) continue;
      const queues = this.#next.get(topic) ?? new Map<number, number>();
      const due = queues.get(queueId) ?? 0;
      if (queueOffset !== due)
        return `${name} commits entry ${index} with offset ${queueOffset} of ${topic}/${queueId}, where ${due} is due`;
      this.#next.set(topic, queues.set(queueId, due + 1));
      if (topic === INTERNAL_TOPIC) this.#forgetRemoved(bytes, position);
    }
    return undefined;
  }

  #forgetRemoved(bytes: Buffer, position: number): void {
    const { type, body } = readInternalRecord(bytes, position);
    if (type === 'topic-delete') this.#next.delete((JSON.parse(body.toString()) as { topic: string }).topic);
  }

  healed(nodes: readonly { readonly name: string; readonly data: BrokerData }[]): string | undefined {
    for (const { name, data } of nodes) {
      for (const [topic, queues] of this.#next) {
        for (const [queueId, next] of queues) {
          const own = data.store.nextOffset(topic, queueId);
          if (own !== next) return `${name} has ${own} as the next offset of ${topic}/${queueId}, but ${next} is right`;
          if (topic === INTERNAL_TOPIC) continue;
          const max = data.store.maxOffset(topic, queueId);
          if (max !== next) return `${name}'s queue ${topic}/${queueId} ends at ${max}, but ${next} is right`;
        }
      }
    }
    return undefined;
  }
}
