import type { Group, GroupNode } from '../../../cluster/launch/group.ts';
import { startGroup } from '../../../cluster/launch/start-group.ts';
import { createProducer, createPullConsumer } from '../../../src/index.ts';
import { areSound } from '../failover/members.ts';
import { until } from '../failover/until.ts';
import { QUEUES, type System, TOPIC } from './system.ts';

export interface GroupSystem extends System {
  readonly nameServer: string;
  /** Messages that the queues of the topic hold together. */
  storedMessages(): Promise<number>;
}

export interface GroupSystemOptions {
  readonly directory: string;
  /** Shipped files, as the launcher names them. */
  readonly layout: string;
  /** 0 takes free ports. */
  readonly portBase: number;
  readonly brokerKeys: Readonly<Record<string, string>>;
  /** Flags for Node by the name of the process. */
  readonly nodeFlags: (name: string) => readonly string[];
  readonly signal: AbortSignal;
}

const FIRST_SEND_MS = 10_000;
const SOUND_MS = 20_000;

/** Starts brokers and makes the topic. */
export async function startGroupSystem(options: GroupSystemOptions): Promise<GroupSystem> {
  const { directory: dir, layout: conf, portBase, brokerKeys, nodeFlags, signal } = options;
  const { group, leader } = await startGroup({ dir, conf, portBase, brokerKeys, nodeFlags, signal });
  const stop = async () => {
    await group.stopAll();
    group.close();
  };
  try {
    if (group.layout.elects) await until('that all brokers count', SOUND_MS, () => areSound(group.nodes));
    const queues = await makeTopic(group.nameServer);
    const [host = '', port] = leader.address.split(':');
    return {
      target: { host, port: Number(port), topic: TOPIC, queues, lengthIncludesItself: true },
      processes: processesOf(group, leader),
      nameServer: group.nameServer,
      storedMessages: () => storedMessages(group.nameServer),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function processesOf(group: Group, leader: GroupNode): System['processes'] {
  const followers = group.nodes.filter((node) => node !== leader);
  return [leader, ...followers].map(({ name }) => ({ name, pid: group.process(name)?.pid ?? 0 }));
}

/** The first message makes the topic; returns how many queues it got. */
async function makeTopic(nameServers: string): Promise<number> {
  const producer = createProducer({ nameServers, group: 'bench_setup', autoCreateQueues: QUEUES });
  await producer.start();
  try {
    await producer.send({ topic: TOPIC, body: 'first' }, { timeoutMs: FIRST_SEND_MS });
    return (await producer.queues(TOPIC)).length;
  } finally {
    await producer.close();
  }
}

async function storedMessages(nameServers: string): Promise<number> {
  const consumer = createPullConsumer({ nameServers, group: 'bench_count' });
  await consumer.start();
  try {
    const queues = await consumer.queues(TOPIC);
    const ends = await Promise.all(queues.map((queue) => consumer.maxOffset(queue)));
    return ends.reduce((sum, end) => sum + end, 0);
  } finally {
    await consumer.close();
  }
}
