import { ResponseCode } from '../../protocol/codes.ts';
import { queryConsumerOffset } from '../../protocol/command/query-consumer-offset.ts';
import { updateConsumerOffset } from '../../protocol/command/update-consumer-offset.ts';
import type { ClientSession } from '../client-session.ts';
import { ClientError } from '../errors.ts';
import { type MessageQueue, queueKey } from '../message-queue.ts';
import { askGroup, memberFor } from './ask-group.ts';
import type { OffsetStore } from './offset-store.ts';

const CONFIRM_MS = 1_000;

/** Keeps the offsets of a clustering group at the brokers of the queues. */
export class BrokerOffsetStore implements OffsetStore {
  readonly #session: ClientSession;
  readonly #group: string;

  constructor(session: ClientSession, group: string) {
    this.#session = session;
    this.#group = group;
  }

  async load(queue: MessageQueue): Promise<number | undefined> {
    const header = { consumerGroup: this.#group, topic: queue.topic, queueId: queue.queueId };
    const accept = [ResponseCode.QUERY_NOT_FOUND];
    const answer = await askGroup(this.#session, queryConsumerOffset, queue, header, { accept });
    return answer.code === ResponseCode.SUCCESS ? answer.header?.offset : undefined;
  }

  async save(offsets: ReadonlyMap<MessageQueue, number>, confirmed: boolean): Promise<void> {
    const requests: Promise<unknown>[] = [];
    for (const [queue, commitOffset] of offsets) {
      const { topic, queueId } = queue;
      const header = { consumerGroup: this.#group, topic, queueId, commitOffset };
      if (confirmed)
        requests.push(askGroup(this.#session, updateConsumerOffset, queue, header, { timeoutMs: CONFIRM_MS }));
      else this.#saveOneway(queue, header);
    }
    await Promise.all(requests);
  }

  #saveOneway(queue: MessageQueue, header: Parameters<typeof updateConsumerOffset.encodeRequest>[0]): void {
    const member = memberFor(this.#session, queue);
    if (member === undefined) throw new ClientError('no-route', `no broker is known for queue ${queueKey(queue)}`);
    this.#session.brokers.oneway(updateConsumerOffset, member.address, header);
  }
}
