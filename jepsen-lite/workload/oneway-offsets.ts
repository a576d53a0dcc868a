import { BrokerClient } from '../../src/client/broker-client.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { PullFlag, pullMessage } from '../../src/protocol/command/pull-message.ts';
import { queryConsumerOffset } from '../../src/protocol/command/query-consumer-offset.ts';
import { updateConsumerOffset } from '../../src/protocol/command/update-consumer-offset.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { OnewayKept, type OnewayOffset } from '../invariant/oneway-kept.ts';
import { callFailure, type Workload } from './workload.ts';

const invariant = new OnewayKept();
const OPTIONS = { timeoutMs: 3_000, accept: [ResponseCode.QUERY_NOT_FOUND] };
/** Much longer than `offsetBatchMs` of every run, a way to the leader and a commit. */
const ARRIVES_MS = 5_000;
const LOOK_MS = 200;
const QUEUES = 4;
/** Rounds in which nobody led from the beginning to the end; with more of them the group is not at rest. */
const MOST_UNREST = 10;

export interface OnewayOptions {
  readonly process: Platform;
  readonly addresses: readonly string[];
  /** How often somebody has begun to serve: a leader that is replaced may rightly take with it what it was told oneway. */
  readonly reigns: () => Promise<number> | number;
  /** Rounds in a row that have to lose something: one where nothing else happens, more where the machine under the run may hold a member up. */
  readonly rounds: number;
}

/** When nothing fails any more: tells every member offsets without waiting for an answer, by themselves and on pulls, and asks for them until they are there. Rejects if leaders change all the time. */
export async function judgeOnewayOffsets(
  { judge, topics: [topic = ''] }: Pick<Workload, 'judge' | 'topics'>,
  { process, addresses, reigns, rounds }: OnewayOptions,
): Promise<void> {
  const remoting = new RemotingClient({ platform: process });
  const brokers = new BrokerClient(remoting);
  let lost = 0;
  for (let round = 0; round < rounds + MOST_UNREST; round++) {
    const before = await reigns();
    const told = addresses.flatMap((address, at) => offsetsFor(`oneway${round}-${at}`, topic, address));
    const text = await tell(brokers, process, told);
    if (text === undefined || (before === (await reigns()) && ++lost === rounds)) {
      remoting.close();
      if (text !== undefined) judge.broken(invariant.name, text);
      return;
    }
  }
  remoting.close();
  throw new Error('nobody led for long enough to be told offsets');
}

function offsetsFor(consumerGroup: string, topic: string, address: string): OnewayOffset[] {
  return Array.from({ length: QUEUES }, (_, queueId) => {
    return { address, consumerGroup, topic, queueId, commitOffset: 1 + queueId };
  });
}

/** Tells the members, and what of it did not arrive in time; undefined: all is there. */
async function tell(
  brokers: BrokerClient,
  process: Platform,
  told: readonly OnewayOffset[],
): Promise<string | undefined> {
  for (const offset of told) tellOne(brokers, offset);
  const endMs = process.clock.monotonicMs() + ARRIVES_MS;
  let missing: readonly OnewayOffset[] = told;
  let text: string | undefined;
  do {
    await new Promise<void>((resolve) => void process.timers.after(LOOK_MS, resolve));
    text = undefined;
    const left: OnewayOffset[] = [];
    for (const offset of missing) {
      const wrong = invariant.read(offset, await read(brokers, offset));
      if (wrong === undefined) continue;
      text ??= wrong;
      left.push(offset);
    }
    missing = left;
  } while (text !== undefined && process.clock.monotonicMs() < endMs);
  return text;
}

/** Every second queue's offset rides on a pull, whose answer is not waited for. */
function tellOne(brokers: BrokerClient, { address, ...request }: OnewayOffset): void {
  if (request.queueId % 2 === 0) brokers.oneway(updateConsumerOffset, address, request);
  else {
    const pull = { ...request, queueOffset: 0, maxMsgNums: 1, suspendTimeoutMillis: 0, subVersion: 0 };
    const how = { sysFlag: PullFlag.COMMIT_OFFSET | PullFlag.SUBSCRIPTION, subscription: '*', expressionType: 'TAG' };
    brokers.oneway(pullMessage, address, { ...pull, ...how });
  }
}

/** What a member says of an offset; undefined: that there is none, or nothing. */
async function read(
  brokers: BrokerClient,
  { address, commitOffset: _told, ...queue }: OnewayOffset,
): Promise<number | undefined> {
  try {
    const { code, header } = await brokers.ask(queryConsumerOffset, address, queue, undefined, OPTIONS);
    return code === ResponseCode.SUCCESS ? header?.offset : undefined;
  } catch (error) {
    callFailure(error);
    return undefined;
  }
}
