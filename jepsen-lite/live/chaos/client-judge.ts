import type { AcknowledgedSend, SeenMessage, Violation } from '../../invariant/invariant.ts';
import type { ClientJudge } from '../../workload/workload.ts';

/**
 * Judges at once what clients are told, without a look into the members: a place in a queue has one value and one position for ever. The first broken promise is
 * kept; whole histories are judged later.
 */
export class LiveJudge implements ClientJudge {
  violation: Violation | undefined;
  /** Highest position of an acknowledged message. */
  acknowledgedPosition = 0;
  readonly ledger: ClientJudge['ledger'] = {
    at: (topic, queueId, queueOffset) => this.#queues.get(`${topic}/${queueId}`)?.values[queueOffset],
    lengthOf: (topic, queueId) => this.#queues.get(`${topic}/${queueId}`)?.acknowledged ?? 0,
  };
  /** Time since the run began. */
  readonly nowMs: () => number;
  readonly #queues = new Map<
    string,
    { readonly values: string[]; readonly positions: number[]; acknowledged: number }
  >();

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  acknowledged(send: AcknowledgedSend): void {
    const queue = this.#note(send, 'acknowledged');
    queue.acknowledged = Math.max(queue.acknowledged, send.queueOffset + 1);
    this.acknowledgedPosition = Math.max(this.acknowledgedPosition, send.position);
  }

  seen(message: SeenMessage): void {
    this.#note(message, 'read');
  }

  broken(invariant: string, text: string): void {
    this.violation ??= { invariant, text, atMs: this.nowMs() };
  }

  #note({ topic, queueId, queueOffset, position, value }: SeenMessage, how: string) {
    const key = `${topic}/${queueId}`;
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = { values: [], positions: [], acknowledged: 0 };
      this.#queues.set(key, queue);
    }
    const before = queue.values[queueOffset];
    const positionBefore = queue.positions[queueOffset];
    if (before !== undefined && (before !== value || positionBefore !== position)) {
      const text = `${value} was ${how} at ${key}@${queueOffset}, position ${position}, where ${before} stood at ${positionBefore}`;
      this.broken('one-value-a-place', text);
    }
    queue.values[queueOffset] = value;
    queue.positions[queueOffset] = position;
    return queue;
  }
}
