import { expect, test } from 'vitest';
import { audit } from '../../scripts/bench/failover/audit.ts';
import { ContinuousSenders } from '../../scripts/bench/failover/continuous-senders.ts';
import { Members } from '../../scripts/bench/failover/members.ts';
import { readBack } from '../../scripts/bench/failover/read-back.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { createProducer } from '../../src/index.ts';
import { startLiveGroup } from './harness/live-group.ts';

const PATIENCE_MS = 20_000;

test.each(['dledger', 'controller'])(
  '%s: each broker stopped with SIGTERM and started again, twice: no send fails and nothing is lost',
  {
    timeout: 120_000,
  },
  async (conf) => {
    const group = await startLiveGroup({ conf });
    const members = new Members(group);
    const producer = createProducer({ nameServers: group.nameServer, group: 'rolling' });
    await producer.start();
    const [first] = group.nodes;
    await members.createTopic(first as NonNullable<typeof first>, 'Rolling', 4);
    const senders = new ContinuousSenders(producer, { topic: 'Rolling', senders: 8, pauseMs: 5 });
    const leaders = new Set<string>();
    try {
      for (const { name } of [...group.nodes, ...group.nodes]) {
        const leader = await until('that a leader serves', PATIENCE_MS, () => group.waitForLeader(PATIENCE_MS));
        leaders.add(leader.name);
        expect(await group.stop(name), `${name} ends when told`).toBe('ended');
        const gone = performance.now();
        const goesOn = await senders.next(PATIENCE_MS, ({ sentAtMs }) => sentAtMs >= gone);
        expect(goesOn, `sends go on without ${name}, which was stopped while ${leader.name} led`).toBeDefined();
        group.start(name);
        const ends = new Map(senders.acknowledged.map(({ queueId, queueOffset }) => [queueId, queueOffset + 1]));
        await members.untilWhole('Rolling', ends, PATIENCE_MS);
      }
    } finally {
      await senders.stop();
      members.close();
    }
    expect(senders.failures.map(({ message }) => message)).toEqual([]);
    expect(leaders.size).toBeGreaterThan(1);
    const { breaches, acknowledged } = audit(senders.acknowledged, await readBack(group.nameServer, 'Rolling'));
    expect(breaches).toEqual([]);
    expect(acknowledged).toBeGreaterThan(100);
    await producer.close();
  },
);
