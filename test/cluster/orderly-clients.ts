import { lockBatchRequest, lockBatchResponse } from '../../src/protocol/body/lock-batch.ts';
import { BodyError } from '../../src/protocol/body-error.ts';
import { RequestCode } from '../../src/protocol/request-code.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import type { VirtualPlatform, VirtualWorld } from '../support/virtual-platform.ts';

/** Orderly consumers of one group, who ask a broker for queues of a topic. */
export class OrderlyClients {
  readonly #world: VirtualWorld;
  readonly #remoting: RemotingClient;
  readonly #brokerName: string;
  readonly #addressOf: (broker: string) => string;

  constructor(world: VirtualWorld, client: VirtualPlatform, brokerName: string, addressOf: (broker: string) => string) {
    this.#world = world;
    this.#remoting = new RemotingClient({ platform: client });
    this.#brokerName = brokerName;
    this.#addressOf = addressOf;
  }

  async #ask(code: number, broker: string, clientId: string, queueIds: readonly number[]) {
    const mqSet = queueIds.map((queueId) => ({ topic: 'T', brokerName: this.#brokerName, queueId }));
    const body = lockBatchRequest.encode({ consumerGroup: 'G', clientId, onlyThisBroker: false, mqSet });
    const asked = this.#remoting.request(this.#addressOf(broker), code, {}, { timeoutMs: 5_000, body });
    const answer = await this.#world.settle(asked);
    if (typeof answer === 'string' || answer.code !== 0) throw new Error(`${clientId} got no answer of ${broker}`);
    return answer;
  }

  /** The queues that the client holds then. */
  async lock(broker: string, clientId: string, ...queueIds: number[]): Promise<number[]> {
    const { body } = await this.#ask(RequestCode.LOCK_BATCH_MQ, broker, clientId, queueIds);
    const locked = lockBatchResponse.decode(body);
    if (locked instanceof BodyError) throw locked;
    return locked.lockOKMQSet.map(({ queueId }) => queueId).sort((a, b) => a - b);
  }

  async unlock(broker: string, clientId: string, ...queueIds: number[]): Promise<void> {
    await this.#ask(RequestCode.UNLOCK_BATCH_MQ, broker, clientId, queueIds);
  }
}
