import type { Answer, BrokerClient } from '../../src/client/broker-client.ts';
import {
  type QueryConsumerOffsetResponse,
  queryConsumerOffset,
} from '../../src/protocol/command/query-consumer-offset.ts';
import { updateConsumerOffset } from '../../src/protocol/command/update-consumer-offset.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import { askBrokers } from './ask-brokers.ts';
import { recordRead } from './record-read.ts';
import { recordWrite } from './record-write.ts';
import type { Client, Workload } from './workload.ts';

const OPTIONS = { timeoutMs: 3_000 };
const REGISTERS = 3;
/** Offsets that are written are multiples of the one modulo the other, a prime: each only once, and they rise and fall. */
const STRIDE = 48_271;
const MOST_VALUES = 1_000_003;

/**
 * Uses consumer offsets of some groups as registers: many at once write and read the same few, through any member. An answered write (15) is committed, and a read (14) is fresh
 * (raft/SAFETY.md 5 and 6), so that they are linearizable.
 */
export async function runOffsetRegisters(
  workload: Workload,
  client: Client,
  addresses: readonly string[],
  pauseMs: number,
): Promise<void> {
  const { chance } = client;
  const [topic = ''] = workload.topics;
  let written = 0;
  await askBrokers(workload, client, pauseMs, (brokers) => {
    const address = chance.pick(addresses);
    const consumerGroup = `register${chance.below(REGISTERS)}`;
    const request = { consumerGroup, topic, queueId: 0 };
    const key = keyOf(request);
    if (chance.happens(0.6))
      return recordRead(workload, { op: 'read', key, address }, () => read(brokers, address, request), offsetOf);
    const commitOffset = (++written * STRIDE) % MOST_VALUES;
    return recordWrite(workload, { key, value: commitOffset, address }, () =>
      brokers.request(updateConsumerOffset, address, { ...request, commitOffset }, undefined, OPTIONS),
    );
  });
}

type Found = Answer<QueryConsumerOffsetResponse>;

interface Register {
  readonly consumerGroup: string;
  readonly topic: string;
  readonly queueId: number;
}

function keyOf({ consumerGroup, topic, queueId }: Register): string {
  return `offset of ${consumerGroup} in ${topic}/${queueId}`;
}

function read(brokers: BrokerClient, address: string, register: Register): Promise<Found> {
  const request = { ...register, setZeroIfNotFound: false };
  const options = { ...OPTIONS, accept: [ResponseCode.QUERY_NOT_FOUND] };
  return brokers.ask(queryConsumerOffset, address, request, undefined, options);
}

/** Null where nothing was stored. */
function offsetOf({ code, header }: Found): number | null {
  return code === ResponseCode.SUCCESS ? (header?.offset ?? null) : null;
}
