import type { BrokerClient } from '../../src/client/broker-client.ts';
import { PullFlag, pullMessage } from '../../src/protocol/command/pull-message.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { NoFalseCorrection } from '../invariant/no-false-correction.ts';
import { askBrokers } from './ask-brokers.ts';
import { QUEUES } from './direct-sender.ts';
import { type Client, callFailure, type Workload } from './workload.ts';

const { PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY, PULL_OFFSET_MOVED } = ResponseCode;
const OPTIONS = { timeoutMs: 2_000, accept: [PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY, PULL_OFFSET_MOVED] };
const noFalseCorrection = new NoFalseCorrection();

/**
 * Pulls from whichever member it likes, at offsets that are committed somewhere, as a consumer does whose route is old: a follower that lags and a leader that is
 * none any more must not send it elsewhere (raft/SAFETY.md 6).
 */
export async function runStaleReader(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  await askBrokers(workload, client, pauseMs, (brokers) => pull(workload, client, brokers, addresses));
}

async function pull(
  workload: Workload,
  { chance }: Client,
  brokers: BrokerClient,
  addresses: readonly string[],
): Promise<void> {
  const [topic, queueId] = [chance.pick(workload.topics), chance.below(QUEUES)];
  const length = workload.judge.ledger.lengthOf(topic, queueId);
  if (length === 0) return;
  const offset = chance.happens(0.5) ? length : chance.below(length + 1);
  const address = chance.pick(addresses);
  try {
    const request = requestAt(topic, queueId, offset);
    const { code, header } = await brokers.ask(pullMessage, address, request, undefined, OPTIONS);
    const who = `a reader of ${topic}/${queueId} from ${address}`;
    const text = noFalseCorrection.pulled(who, offset, header && { ...header, code });
    if (text !== undefined) workload.judge.broken(noFalseCorrection.name, text);
    workload.ended('ok');
  } catch (error) {
    callFailure(error);
    // Nobody answered: a read that failed says nothing.
    workload.ended('fail');
  }
}

function requestAt(topic: string, queueId: number, queueOffset: number) {
  return {
    consumerGroup: 'stale-reader',
    topic,
    queueId,
    queueOffset,
    maxMsgNums: 8,
    sysFlag: PullFlag.SUBSCRIPTION,
    commitOffset: 0,
    suspendTimeoutMillis: 0,
    subscription: '*',
    subVersion: 0,
    expressionType: 'TAG',
  };
}
