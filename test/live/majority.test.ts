import { expect, test } from 'vitest';
import { audit } from '../../scripts/bench/failover/audit.ts';
import { ContinuousSenders } from '../../scripts/bench/failover/continuous-senders.ts';
import { readBack } from '../../scripts/bench/failover/read-back.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { createProducer } from '../../src/index.ts';
import { startLiveGroup } from './harness/live-group.ts';

const PATIENCE_MS = 20_000;
/** Sends that must fail before it counts that nothing is acknowledged: they outlast the election timeout (1.5 s) several times. */
const FAILURES = 4;
const SEND_TIMEOUT_MS = 1_500;

test('two of three dead: nothing is acknowledged; with them back it resumes by itself', {
  timeout: 120_000,
}, async () => {
  const group = await startLiveGroup();
  const producer = createProducer({ nameServers: group.nameServer, group: 'majority' });
  await producer.start();
  await producer.send({ topic: 'Majority', body: 'first' });
  const options = { topic: 'Majority', senders: 1, pauseMs: 5, sendTimeoutMs: SEND_TIMEOUT_MS };
  const senders = new ContinuousSenders(producer, options);
  try {
    // First a leader is left alone, which thinks for a while that it still leads; then a follower, which never may.
    for (const survivor of ['leader', 'follower']) {
      const leader = await until('that a leader serves', PATIENCE_MS, () => group.waitForLeader(PATIENCE_MS));
      const anyMs = performance.now();
      expect(await senders.next(PATIENCE_MS, ({ sentAtMs }) => sentAtMs >= anyMs)).toBeDefined();
      const followers = group.nodes.filter(({ name }) => name !== leader.name);
      const victims = survivor === 'leader' ? followers : [leader, ...followers.slice(1)];
      await Promise.all(victims.map(({ name }) => group.kill(name)));

      const deadMs = performance.now();
      let after: unknown;
      const watch = senders
        .next(PATIENCE_MS, ({ sentAtMs }) => sentAtMs >= deadMs)
        .then((found) => {
          after = found;
        });
      const failed = senders.failures.length;
      await until(`${FAILURES} failed sends`, PATIENCE_MS, () => senders.failures.length >= failed + FAILURES);
      expect(after, `acknowledged while the ${survivor} was alone`).toBeUndefined();

      for (const { name } of victims) group.start(name);
      await watch;
      expect(after, 'acknowledged with all members back').toBeDefined();
    }
  } finally {
    await senders.stop();
  }
  const stored = await readBack(group.nameServer, 'Majority');
  const own = stored.filter(({ body }) => body !== 'first');
  expect(own.length).toBe(stored.length - 1);
  const { breaches, acknowledged } = audit(senders.acknowledged, stored);
  expect(breaches).toEqual([]);
  expect(acknowledged).toBeGreaterThan(0);
  await producer.close();
});
