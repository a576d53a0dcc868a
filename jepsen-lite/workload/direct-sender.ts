import { BrokerClient } from '../../src/client/broker-client.ts';
import { sendMessageV2 } from '../../src/protocol/command/send-message.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { sendOutcome } from '../checker/rocketmq-outcome.ts';
import { bodyOf } from '../invariant/ledger.ts';
import { type Client, callFailure, positionOf, type Workload } from './workload.ts';

const TIMEOUT_MS = 2_000;
export const QUEUES = 4;

/** Sends to an address and a queue that it is told, as a client with a stale route does: a member that does not lead hands the message on or refuses. */
export class DirectSender {
  readonly #workload: Workload;
  readonly #client: Client;
  readonly #remoting: RemotingClient;
  readonly #brokers: BrokerClient;
  #process: number;

  constructor(workload: Workload, client: Client) {
    this.#workload = workload;
    this.#client = client;
    this.#remoting = new RemotingClient({ platform: client.process });
    this.#brokers = new BrokerClient(this.#remoting);
    this.#process = workload.newProcess();
  }

  async send(address: string, topic: string, queueId: number): Promise<void> {
    const certain = await this.#send(address, topic, queueId);
    // Who does not know how the last one ended is another process: its operation stays open.
    if (!certain) this.#process = this.#workload.newProcess();
  }

  close(): void {
    this.#remoting.close();
  }

  async #send(address: string, topic: string, queueId: number): Promise<boolean> {
    const workload = this.#workload;
    const { history, judge } = workload;
    const value = workload.newValue();
    const id = history.invoke(this.#process, 'append', '?', value, workload.nowNs(), '');
    const request = {
      producerGroup: 'stale',
      topic,
      defaultTopic: 'TBW102',
      defaultTopicQueueNums: QUEUES,
      queueId,
      sysFlag: 0,
      bornTimestamp: this.#client.process.clock.nowMs(),
      flag: 0,
      properties: `UNIQ_KEY\u0001${value}\u0002WAIT\u0001true\u0002`,
      reconsumeTimes: 0,
      unitMode: false,
      batch: false,
    };
    try {
      const { header } = await this.#brokers.request(sendMessageV2, address, request, bodyOf(value, 64), {
        timeoutMs: TIMEOUT_MS,
      });
      const { queueId: queue, queueOffset, msgId } = header;
      history.setKey(id, `${topic}/${queue}`);
      history.ok(id, workload.nowNs(), queueOffset);
      judge.acknowledged({ topic, queueId: queue, queueOffset, position: positionOf(msgId), value });
      workload.ended('ok');
      return true;
    } catch (error) {
      const code = callFailure(error).responseCode;
      const outcome = code === undefined ? 'info' : sendOutcome(code, 'ledgermq');
      if (outcome === 'fail') history.fail(id, workload.nowNs(), String(code));
      else history.info(id, workload.nowNs(), String(code ?? 'no answer'));
      workload.ended(outcome);
      return outcome === 'fail';
    }
  }
}
