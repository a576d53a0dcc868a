import { BrokerClient } from '../../src/client/broker-client.ts';
import { sendMessageV2 } from '../../src/protocol/command/send-message.ts';
import { PropertyName } from '../../src/protocol/message/properties.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { SCHEDULE_TOPIC } from '../../src/store/internal-topic.ts';
import { sendOutcome } from '../checker/rocketmq-outcome.ts';
import { bodyOf } from '../invariant/message-body.ts';
import { type Client, callFailure, positionOf, type Workload } from './workload.ts';

const OPTIONS = { timeoutMs: 2_000 };
export const QUEUES = 4;

/** Sends to an address and a queue that it is told, as a client with a stale route does: a member that does not lead hands the message on or refuses. */
export class DirectSender {
  readonly #workload: Workload;
  readonly #client: Client;
  readonly #remoting: RemotingClient;
  readonly #brokers: BrokerClient;

  constructor(workload: Workload, client: Client) {
    this.#workload = workload;
    this.#client = client;
    this.#remoting = new RemotingClient({ platform: client.process });
    this.#brokers = new BrokerClient(this.#remoting);
  }

  close(): void {
    this.#remoting.close();
  }

  /** Sends a message with a new value, and writes down how that ended. */
  async send(address: string, topic: string, queueId: number): Promise<void> {
    const workload = this.#workload;
    const { history } = workload;
    const value = workload.newValue();
    // Several may be on their way: each is a process of its own.
    const id = history.invoke(workload.newProcess(), 'append', '?', value, workload.nowNs(), '');
    // One request, whatever becomes of it: a second copy is the broker's.
    history.setAttempts(id, 1);
    const { place, code } = await this.#put(address, topic, queueId, value, '');
    if (place !== undefined) {
      history.setKey(id, `${topic}/${place.queueId}`);
      history.ok(id, workload.nowNs(), place.queueOffset);
      workload.judge.acknowledged({ topic, ...place, value });
      workload.ended('ok');
      return;
    }
    const outcome = outcomeOf(code);
    if (outcome === 'fail') history.fail(id, workload.nowNs(), String(code));
    else history.info(id, workload.nowNs(), String(code ?? 'no answer'));
    workload.ended(outcome);
  }

  /** Sends a message that is to be delivered later: by then it waits in a queue of its delay level, and that is where its acknowledgement says it is. */
  async sendDelayed(address: string, topic: string, level: number): Promise<void> {
    const workload = this.#workload;
    const value = workload.newValue();
    const { place, code } = await this.#put(address, topic, 0, value, `${PropertyName.DELAY}\u0001${level}\u0002`);
    // The answer names the queue that was asked for.
    if (place !== undefined) {
      workload.judge.acknowledged({ ...place, topic: SCHEDULE_TOPIC, queueId: level - 1, value });
    }
    workload.ended(place === undefined ? outcomeOf(code) : 'ok');
  }

  /** Where the message is, or the code of its refusal; undefined: nobody answered. */
  async #put(address: string, topic: string, queueId: number, value: string, properties: string): Promise<Put> {
    const request = {
      producerGroup: 'stale',
      topic,
      defaultTopic: 'TBW102',
      defaultTopicQueueNums: QUEUES,
      queueId,
      sysFlag: 0,
      bornTimestamp: this.#client.process.clock.nowMs(),
      flag: 0,
      properties: `UNIQ_KEY\u0001${value}\u0002WAIT\u0001true\u0002${properties}`,
      reconsumeTimes: 0,
      unitMode: false,
      batch: false,
    };
    try {
      const { header } = await this.#brokers.request(sendMessageV2, address, request, bodyOf(value, 64), OPTIONS);
      const { queueId: queue, queueOffset, msgId } = header;
      return { place: { queueId: queue, queueOffset, position: positionOf(msgId) }, code: undefined };
    } catch (error) {
      return { place: undefined, code: callFailure(error).responseCode };
    }
  }
}

interface Put {
  readonly place: { readonly queueId: number; readonly queueOffset: number; readonly position: number } | undefined;
  readonly code: number | undefined;
}

function outcomeOf(code: number | undefined): 'ok' | 'fail' | 'info' {
  return code === undefined ? 'info' : sendOutcome(code, 'ledgermq');
}
