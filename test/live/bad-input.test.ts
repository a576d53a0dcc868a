import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Group, GroupNode } from '../../cluster/launch/group.ts';
import { residentBytes } from '../../cluster/launch/process-usage.ts';
import { audit } from '../../scripts/bench/failover/audit.ts';
import { ContinuousSenders } from '../../scripts/bench/failover/continuous-senders.ts';
import { readBack } from '../../scripts/bench/failover/read-back.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { createProducer, type Producer } from '../../src/index.ts';
import { atEnd } from './harness/cleanup.ts';
import { startLiveGroup } from './harness/live-group.ts';
import { RawConnection, type Reaction, requestFrame } from './harness/raw-connection.ts';

const PATIENCE_MS = 15_000;
/** Connections on which nothing moves are closed after so long; RocketMQ's default of 120 s would make this suite long. */
const IDLE_S = 3;
const CONNECTIONS = 200;
/** So many at the same time. */
const PARALLEL = 8;
const MEBIBYTE = 1 << 20;
/** How much memory may move by itself between two looks: garbage that was not collected yet. Large bodies are large garbage. */
const TOLERANCE_BYTES = 24 * MEBIBYTE;
const LARGE_TOLERANCE_BYTES = 64 * MEBIBYTE;
/** What the whole file may add: a heap that has got to work settles some 40 MB above that of a fresh process, large bodies add theirs. */
const TOTAL_BYTES = 128 * MEBIBYTE;
/** What repeated bad input may add to a log. */
const LOG_BYTES = 64 * 1024;
const MAGIC = Buffer.from([0xa7, 0x4c, 0x4d, 0x51, 0x50, 0x45, 0x45, 0x52]);

interface BadInput {
  readonly name: string;
  readonly port: 'clients' | 'members';
  readonly bytes: (seed: number) => readonly Uint8Array[];
  /** Code and remark of the answer; without it the connection has to be closed. */
  readonly answer?: readonly [number, RegExp];
  /** How often before and after the first look at the memory. */
  readonly repeat: readonly [number, number];
  readonly toleranceBytes?: number;
}

const USUAL = [100, 250] as const;
const SEND = { a: 'p', b: 'Bad', c: 'TBW102', d: '4', e: '0', f: '0', g: '1', h: '0', i: '', j: '0', k: 'false' };

/** Bytes without a pattern, whose first four are no length that a frame may have. */
function garbage(seed: number, length = 4_096): Buffer {
  const parts = Array.from({ length: length / 32 }, (_, n) => createHash('sha256').update(`${seed}/${n}`).digest());
  parts[0]?.writeUInt8(0x20 + (seed % 0x50), 0);
  return Buffer.concat(parts);
}

function announced(length: number, ...rest: number[]): Buffer {
  const start = Buffer.from([0, 0, 0, 0, ...rest]);
  start.writeInt32BE(length);
  return start;
}

const inputs: readonly BadInput[] = [
  { name: 'garbage', port: 'clients', bytes: (seed) => [garbage(seed)], repeat: USUAL },
  {
    name: 'an HTTP request',
    port: 'clients',
    bytes: () => [Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    repeat: USUAL,
  },
  {
    name: 'a frame of 2 GB announced',
    port: 'clients',
    bytes: (seed) => [announced(0x7fffffff, 0, 0, 0, 100), garbage(seed)],
    repeat: USUAL,
  },
  { name: 'a frame of no length', port: 'clients', bytes: () => [announced(0, 0, 0, 0, 0)], repeat: USUAL },
  {
    name: 'a header longer than its frame',
    port: 'clients',
    bytes: () => [announced(100, 0, 0, 1, 0)],
    repeat: USUAL,
  },
  {
    name: 'a header that is no JSON',
    port: 'clients',
    bytes: (seed) => [announced(4 + 64, 0, 0, 0, 64), garbage(seed, 64)],
    repeat: USUAL,
  },
  {
    name: 'a TLS hello',
    port: 'clients',
    bytes: (seed) => [Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), garbage(seed, 512)],
    repeat: USUAL,
  },
  {
    name: 'an unknown request code',
    port: 'clients',
    bytes: () => requestFrame(9_999),
    answer: [3, /9999 not supported/],
    repeat: USUAL,
  },
  {
    name: 'a send without its fields',
    port: 'clients',
    bytes: () => requestFrame(310, { a: 'p' }, Buffer.from('x')),
    answer: [1, /header field b is missing/],
    repeat: USUAL,
  },
  {
    name: 'an illegal topic name',
    port: 'clients',
    bytes: () => requestFrame(310, { ...SEND, b: 'no such/topic!' }, Buffer.from('x')),
    answer: [29, /illegal characters/],
    repeat: USUAL,
  },
  {
    name: 'a queue that no topic can have',
    port: 'clients',
    bytes: () => requestFrame(310, { ...SEND, e: '2000000000' }, Buffer.from('x')),
    answer: [29, /2000000000/],
    repeat: USUAL,
  },
  {
    name: 'a body of 5 MB',
    port: 'clients',
    bytes: () => requestFrame(310, SEND, Buffer.alloc(5_000_000)),
    answer: [13, /5000000.*maxMessageSize=4194304/],
    repeat: [20, 40],
    toleranceBytes: LARGE_TOLERANCE_BYTES,
  },
  { name: 'garbage', port: 'members', bytes: (seed) => [garbage(seed)], repeat: USUAL },
  { name: 'the magic and garbage', port: 'members', bytes: (seed) => [MAGIC, garbage(seed)], repeat: USUAL },
  {
    name: 'the magic and a frame of 2 GB',
    port: 'members',
    bytes: (seed) => [MAGIC, announced(0x7fffffff), garbage(seed)],
    repeat: USUAL,
  },
  {
    name: 'the magic and a frame that is no hello',
    port: 'members',
    bytes: (seed) => [MAGIC, announced(256), garbage(seed, 256)],
    repeat: USUAL,
  },
  {
    name: "stock DLedger's vote request",
    port: 'members',
    bytes: () => requestFrame(51_001, {}, Buffer.from('{"term":9,"group":"RaftNode00"}')),
    answer: [1, /stock DLedger.*mixed groups are not supported/],
    repeat: USUAL,
  },
];

describe('a leader that gets bad input', () => {
  let group: Group;
  let leader: GroupNode;
  let pids: (number | undefined)[];
  let freshBytes: number;
  let producer: Producer;
  let senders: ContinuousSenders;

  beforeAll(async () => {
    group = await startLiveGroup({ brokerKeys: { serverChannelMaxIdleTimeSeconds: String(IDLE_S) } });
    leader = await until('that a leader serves', PATIENCE_MS, () => group.waitForLeader(PATIENCE_MS));
    pids = group.names.map((name) => group.process(name)?.pid);
    freshBytes = memory();
    producer = createProducer({ nameServers: group.nameServer, group: 'bad-input', sendTimeoutMs: PATIENCE_MS });
    await producer.start();
    atEnd(() => producer.close());
    senders = new ContinuousSenders(producer, { topic: 'GoesOn', senders: 1, pauseMs: 10 });
    atEnd(() => senders.stop());
  });

  function portOf(port: BadInput['port']): number {
    const ports = group.plan.brokers[group.nodes.indexOf(leader)];
    if (ports === undefined) throw new Error('the leader has no ports');
    return port === 'clients' ? ports.listen : ports.peer;
  }

  async function react({ port, bytes }: BadInput, seed: number): Promise<Reaction> {
    const connection = new RawConnection(portOf(port));
    await connection.open();
    connection.write(...bytes(seed));
    const reaction = await connection.reaction(PATIENCE_MS);
    connection.destroy();
    return reaction;
  }

  async function repeat(input: BadInput, from: number, count: number): Promise<Reaction[]> {
    const reactions: Reaction[] = [];
    let next = from;
    const worker = async () => {
      while (next < from + count) reactions.push(await react(input, next++));
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    return reactions;
  }

  function memory(): number {
    const pid = group.process(leader.name)?.pid;
    const bytes = pid === undefined ? undefined : residentBytes(pid);
    if (bytes === undefined) throw new Error(`${leader.name} is dead:\n${group.folder.logTail(leader.name, 20)}`);
    return bytes;
  }

  async function expectServing(): Promise<void> {
    const nowMs = performance.now();
    expect(await senders.next(PATIENCE_MS, ({ sentAtMs }) => sentAtMs >= nowMs)).toBeDefined();
    expect(group.names.map((name) => group.process(name)?.pid)).toEqual(pids);
  }

  test.for(inputs)('lives on after $name on the port for $port', async (input) => {
    const [before, after] = input.repeat;
    const logBytes = statSync(leader.logFile).size;
    const reactions = await repeat(input, 0, before);
    const memoryBytes = memory();
    reactions.push(...(await repeat(input, before, after)));
    const { toleranceBytes = TOLERANCE_BYTES } = input;
    await until('flat memory', PATIENCE_MS, () => memory() - memoryBytes < toleranceBytes);
    for (const reaction of reactions) {
      if (input.answer === undefined) expect(reaction).toEqual({ kind: 'closed' });
      else {
        const [code, remark] = input.answer;
        expect(reaction).toEqual({ kind: 'answered', code, remark: expect.stringMatching(remark) });
      }
    }
    expect(statSync(leader.logFile).size - logBytes).toBeLessThan(LOG_BYTES);
    await expectServing();
  });

  test.for<[string, BadInput['port'], readonly Uint8Array[]]>([
    ['send nothing', 'clients', []],
    ['send nothing', 'members', []],
    ['stop within a header', 'clients', [announced(300, 0, 0, 0, 200), Buffer.from('{"code":310,')]],
    ['stop within the body of a large frame', 'clients', [announced(16_000_000, 0, 0, 0, 200), Buffer.alloc(100)]],
    ['stop behind the magic', 'members', [MAGIC]],
  ])(
    `lives on beside ${CONNECTIONS} connections that %s on the port for %s, and closes them`,
    async ([, port, bytes]) => {
      const memoryBytes = memory();
      const connections = Array.from({ length: CONNECTIONS }, () => new RawConnection(portOf(port)));
      await Promise.all(connections.map((connection) => connection.open()));
      for (const connection of connections) connection.write(...bytes);
      await expectServing();
      expect(memory() - memoryBytes).toBeLessThan(TOLERANCE_BYTES);
      await until('that all are closed', PATIENCE_MS, () => connections.every(({ closed }) => closed));
      await expectServing();
    },
  );

  test('has lost nothing of what was sent meanwhile, and is not much larger than before', async () => {
    expect(memory() - freshBytes).toBeLessThan(TOTAL_BYTES);
    await senders.stop();
    expect(senders.failures.map(({ message }) => message)).toEqual([]);
    const { breaches, acknowledged } = audit(senders.acknowledged, await readBack(group.nameServer, 'GoesOn'));
    expect(breaches).toEqual([]);
    expect(acknowledged).toBeGreaterThan(100);
  });
});
