import { expect, it } from 'vitest';
import { OrderlyClients } from '../orderly-clients.ts';
import { DledgerWorld } from './dledger-world.ts';

it('keeps an orderly consumer its queues over failovers, and gives them to another when it is silent for a minute (raft/SAFETY.md 5)', async () => {
  const group = await DledgerWorld.serving();
  const clients = new OrderlyClients(group.world, group.client, 'g', (name) => `${name}:30911`);
  expect(await clients.lock(group.leader, 'c1', 0, 1)).toEqual([0, 1]);
  // Also through a member that does not lead.
  expect(await clients.lock(group.followers()[0]!, 'c2', 0, 1)).toEqual([]);
  await group.world.run(55_000);
  group.kill(group.leader);
  const second = await group.untilServing();
  await group.world.run(15_000);
  // More than a minute since c1 was heard, but not since this leader is there to hear it.
  expect(await clients.lock(second, 'c2', 0, 1)).toEqual([]);
  expect(await clients.lock(second, 'c1', 0, 1)).toEqual([0, 1]);
  await group.world.run(30_000);
  expect(await clients.lock(second, 'c1', 1)).toEqual([1]);
  await group.world.run(31_000);
  expect(await clients.lock(second, 'c2', 0, 1)).toEqual([0]);
  await clients.unlock(second, 'c1', 1);
  expect(await clients.lock(second, 'c2', 0, 1)).toEqual([0, 1]);
});

it('writes no entry for a renewal, and knows the owners again from snapshots', async () => {
  const group = await DledgerWorld.serving();
  const clients = new OrderlyClients(group.world, group.client, 'g', (name) => `${name}:30911`);
  await clients.lock(group.leader, 'c1', 0, 1);
  await clients.unlock(group.leader, 'c1', 1);
  await group.untilEqual();
  const { lastIndex } = group.broker(group.leader).status();
  for (let round = 0; round < 10; round++) {
    await group.world.run(20_000);
    expect(await clients.lock(group.leader, 'c1', 0)).toEqual([0]);
  }
  expect(group.broker(group.leader).status().lastIndex).toBe(lastIndex);
  for (const name of group.names) await group.stop(name);
  for (const name of group.names) await group.start(name);
  const leader = await group.untilServing();
  expect(group.broker(leader).status().snapshotIndex).toBeGreaterThanOrEqual(lastIndex);
  expect(await clients.lock(leader, 'c2', 0, 1)).toEqual([1]);
  expect(await clients.lock(leader, 'c1', 0, 1)).toEqual([0]);
});

it('forgets a lock that no majority has: another client may take it from the next leader', async () => {
  const group = await DledgerWorld.serving();
  const clients = new OrderlyClients(group.world, group.client, 'g', (name) => `${name}:30911`);
  const { leader } = group;
  // What c1 asks is appended behind a proof of leadership, which a cut-off leader cannot give.
  group.isolate(leader);
  const lost = clients.lock(leader, 'c1', 0).catch((error: Error) => error.message);
  await group.until(() => group.serving().some((name) => name !== leader));
  const next = group.serving().find((name) => name !== leader)!;
  expect(await clients.lock(next, 'c2', 0)).toEqual([0]);
  expect(await lost).toContain('got no answer');
  group.heal(leader);
  await group.untilServing();
  await group.untilEqual();
  expect(await clients.lock(leader, 'c1', 0)).toEqual([]);
});
