import { BrokerClient } from '../../src/client/broker-client.ts';
import { ClientError } from '../../src/client/errors.ts';
import { sendMessageV2 } from '../../src/protocol/command/send-message.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { sendOutcome } from '../checker/rocketmq-outcome.ts';
import { bodyOf } from '../invariant/ledger.ts';
import { type Client, positionOf, sleep, type Workload } from './workload.ts';

const TIMEOUT_MS = 2_000;
const QUEUES = 4;

/** Sends to whichever member it likes, as a client with a stale route does: one that does not lead hands the message on or refuses. */
export async function runStaleSender(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const remoting = new RemotingClient({ platform: client.process });
  const brokers = new BrokerClient(remoting);
  const { chance } = client;
  let process = workload.newProcess();
  while (!workload.stopped) {
    await sleep(client, chance.between(1, pauseMs));
    if (workload.stopped) break;
    const certain = await send(workload, client, brokers, chance.pick(addresses), process);
    if (!certain) process = workload.newProcess();
  }
  remoting.close();
}

async function send(
  workload: Workload,
  client: Client,
  brokers: BrokerClient,
  address: string,
  process: number,
): Promise<boolean> {
  const { history, judge } = workload;
  const value = workload.newValue();
  const topic = client.chance.pick(workload.topics);
  const id = history.invoke(process, 'append', '?', value, workload.nowNs(), '');
  const request = {
    producerGroup: 'stale',
    topic,
    defaultTopic: 'TBW102',
    defaultTopicQueueNums: QUEUES,
    queueId: client.chance.below(QUEUES),
    sysFlag: 0,
    bornTimestamp: client.process.clock.nowMs(),
    flag: 0,
    properties: `UNIQ_KEY\u0001${value}\u0002WAIT\u0001true\u0002`,
    reconsumeTimes: 0,
    unitMode: false,
    batch: false,
  };
  try {
    const { header } = await brokers.request(sendMessageV2, address, request, bodyOf(value, 64), {
      timeoutMs: TIMEOUT_MS,
    });
    const { queueId, queueOffset, msgId } = header;
    history.setKey(id, `${topic}/${queueId}`);
    history.ok(id, workload.nowNs(), queueOffset);
    judge.acknowledged({ topic, queueId, queueOffset, position: positionOf(msgId), value });
    workload.ended('ok');
    return true;
  } catch (error) {
    const code = error instanceof ClientError ? error.responseCode : undefined;
    const outcome = code === undefined ? 'info' : sendOutcome(code, 'ledgermq');
    if (outcome === 'fail') history.fail(id, workload.nowNs(), String(code));
    else history.info(id, workload.nowNs(), String(code ?? 'no answer'));
    workload.ended(outcome);
    return outcome === 'fail';
  }
}
