import { BrokerClient } from '../../src/client/broker-client.ts';
import { ClientError } from '../../src/client/errors.ts';
import { queryConsumerOffset } from '../../src/protocol/command/query-consumer-offset.ts';
import { updateConsumerOffset } from '../../src/protocol/command/update-consumer-offset.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { RemotingClient } from '../../src/remoting/client.ts';
import { FreshOffset } from '../invariant/fresh-offset.ts';
import { type Client, callFailure, type MetadataRecord, sleep, type Workload } from './workload.ts';

const OPTIONS = { timeoutMs: 3_000 };
const QUEUES = 4;
const freshOffset = new FreshOffset();

/** One consumer offset that only this client writes. */
interface Register {
  group: string;
  readonly topic: string;
  readonly queueId: number;
  stored: number;
}

/**
 * Stores rising offsets, asking any member, waits for each answer, and reads back: it must be what was stored last. A write whose outcome is unknown
 * may take effect at any later time: then its group is left alone, and another takes its place.
 */
export async function runCommitter(
  workload: Workload,
  client: Client,
  metadata: MetadataRecord,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const remoting = new RemotingClient({ platform: client.process });
  const brokers = new BrokerClient(remoting);
  const { chance } = client;
  let groups = 0;
  const newGroup = (): string => `committer${groups++}`;
  const registers = workload.topics.flatMap((topic) =>
    Array.from({ length: QUEUES }, (_, queueId): Register => ({ group: newGroup(), topic, queueId, stored: 0 })),
  );
  while (!workload.stopped) {
    await sleep(client, chance.between(1, pauseMs));
    if (workload.stopped) break;
    const register = chance.pick(registers);
    const address = chance.pick(addresses);
    try {
      if (register.stored > 0 && chance.happens(0.4)) await readBack(workload, brokers, address, register);
      else await store(brokers, address, register, metadata, newGroup);
      workload.ended('ok');
    } catch (error) {
      callFailure(error);
      workload.ended('info');
    }
  }
  remoting.close();
}

async function store(
  brokers: BrokerClient,
  address: string,
  register: Register,
  metadata: MetadataRecord,
  newGroup: () => string,
): Promise<void> {
  const { group, topic, queueId } = register;
  const offset = register.stored + 1;
  try {
    const request = { consumerGroup: group, topic, queueId, commitOffset: offset };
    await brokers.request(updateConsumerOffset, address, request, undefined, OPTIONS);
  } catch (error) {
    metadata.offsetInDoubt(group, topic, queueId);
    register.group = newGroup();
    register.stored = 0;
    throw error;
  }
  register.stored = offset;
  metadata.offsetStored(group, topic, queueId, offset);
}

async function readBack(
  workload: Workload,
  brokers: BrokerClient,
  address: string,
  { group, topic, queueId, stored }: Register,
): Promise<void> {
  const request = { consumerGroup: group, topic, queueId };
  const read = await offsetOrNone(brokers, address, request);
  const text = freshOffset.read({ group, topic, queueId, stored }, read, address);
  if (text !== undefined) workload.judge.broken(freshOffset.name, text);
}

/** Code 22, "no such offset", is an answer like any other: a client acts on it. */
async function offsetOrNone(
  brokers: BrokerClient,
  address: string,
  request: { consumerGroup: string; topic: string; queueId: number },
): Promise<number | 'none'> {
  try {
    const { header } = await brokers.request(queryConsumerOffset, address, request, undefined, OPTIONS);
    return header.offset;
  } catch (error) {
    if (error instanceof ClientError && error.responseCode === ResponseCode.QUERY_NOT_FOUND) return 'none';
    throw error;
  }
}
