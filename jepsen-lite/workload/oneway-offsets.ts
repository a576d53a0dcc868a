import { BrokerClient } from '../../src/client/broker-client.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { queryConsumerOffset } from '../../src/protocol/command/query-consumer-offset.ts';
import { updateConsumerOffset } from '../../src/protocol/command/update-consumer-offset.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { OnewayKept } from '../invariant/oneway-kept.ts';
import type { Workload } from './workload.ts';

const OPTIONS = { timeoutMs: 3_000 };
/** Longer than `offsetBatchMs` of every run, a way to the leader and a commit. */
const ARRIVES_MS = 1_000;
const QUEUES = 4;

/** When nothing fails any more: tells every member offsets without waiting for an answer, and asks for them when their time has passed. */
export async function judgeOnewayOffsets(
  { judge, topics }: Pick<Workload, 'judge' | 'topics'>,
  process: Platform,
  addresses: readonly string[],
): Promise<void> {
  const remoting = new RemotingClient({ platform: process });
  const brokers = new BrokerClient(remoting);
  const [topic = ''] = topics;
  const told = addresses.flatMap((address, at) =>
    Array.from({ length: QUEUES }, (_, queueId) => {
      return { address, consumerGroup: `oneway${at}`, topic, queueId, commitOffset: 1 + queueId };
    }),
  );
  for (const { address, ...request } of told) brokers.oneway(updateConsumerOffset, address, request);
  await new Promise<void>((resolve) => void process.timers.after(ARRIVES_MS, resolve));
  const invariant = new OnewayKept();
  for (const { address, commitOffset, ...queue } of told) {
    const options = { ...OPTIONS, accept: [ResponseCode.QUERY_NOT_FOUND] };
    const { code, header } = await brokers.ask(queryConsumerOffset, address, queue, undefined, options);
    const read = code === ResponseCode.SUCCESS ? header?.offset : undefined;
    const text = invariant.read({ ...queue, commitOffset, address }, read);
    if (text !== undefined) judge.broken(invariant.name, text);
  }
  remoting.close();
}
