import type { BrokerClient } from '../../src/client/broker-client.ts';
import { PullFlag, type PullMessageResponse, pullMessage } from '../../src/protocol/command/pull-message.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { askBrokers } from './ask-brokers.ts';
import { QUEUES } from './direct-sender.ts';
import { type Client, callFailure, type Workload } from './workload.ts';

const { PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY, PULL_OFFSET_MOVED } = ResponseCode;
const OPTIONS = { timeoutMs: 2_000, accept: [PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY, PULL_OFFSET_MOVED] };

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
    const wrong = header === undefined ? 'has no header' : wrongMove(code, header, offset);
    if (wrong !== undefined) {
      const text = `a reader of ${topic}/${queueId} at ${offset}, which is committed, got code ${code} from ${address}, which ${wrong}`;
      workload.judge.broken('no-false-correction', text);
    }
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

/** What is wrong with where a committed offset is sent: back, or past messages that are still there. */
function wrongMove(
  code: number,
  { nextBeginOffset, minOffset }: PullMessageResponse,
  offset: number,
): string | undefined {
  if (nextBeginOffset < offset) return `sends it back to ${nextBeginOffset}`;
  if (code === PULL_NOT_FOUND && nextBeginOffset !== offset) return `finds nothing and sends it to ${nextBeginOffset}`;
  if (code === PULL_OFFSET_MOVED && nextBeginOffset > Math.max(offset, minOffset))
    return `sends it past ${offset} to ${nextBeginOffset}, though the first kept is ${minOffset}`;
  return undefined;
}
