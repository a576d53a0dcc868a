import { expect, it } from 'vitest';
import { lockBatchRequest, lockBatchResponse } from '../../../src/protocol/body/lock-batch.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import { RequestCode } from '../../../src/protocol/request-code.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

/** Orderly consumers of one group, who ask a member for its queues 0 and 1. */
class OrderlyClients {
  readonly #group: DledgerWorld;
  readonly #remoting: RemotingClient;

  constructor(group: DledgerWorld) {
    this.#group = group;
    this.#remoting = new RemotingClient({ platform: group.client });
  }

  async #ask(code: number, member: MemberName, clientId: string, queueIds: readonly number[]) {
    const mqSet = queueIds.map((queueId) => ({ topic: 'T', brokerName: 'g', queueId }));
    const body = lockBatchRequest.encode({ consumerGroup: 'G', clientId, onlyThisBroker: false, mqSet });
    const address = `${this.#group.ip(member)}:30911`;
    const answer = await this.#group.world.settle(
      this.#remoting.request(address, code, {}, { timeoutMs: 5_000, body }),
    );
    if (typeof answer === 'string' || answer.code !== 0) throw new Error(`${clientId} got no answer of ${member}`);
    return answer;
  }

  /** The queues that the client holds then. */
  async lock(member: MemberName, clientId: string, ...queueIds: number[]): Promise<number[]> {
    const { body } = await this.#ask(RequestCode.LOCK_BATCH_MQ, member, clientId, queueIds);
    const locked = lockBatchResponse.decode(body);
    if (locked instanceof BodyError) throw locked;
    return locked.lockOKMQSet.map(({ queueId }) => queueId);
  }

  async unlock(member: MemberName, clientId: string, ...queueIds: number[]): Promise<void> {
    await this.#ask(RequestCode.UNLOCK_BATCH_MQ, member, clientId, queueIds);
  }
}

it('keeps an orderly consumer its queues over failovers, and gives them to another when it is silent for a minute (raft/SAFETY.md 5)', async () => {
  const group = await DledgerWorld.serving();
  const clients = new OrderlyClients(group);
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
  const clients = new OrderlyClients(group);
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
  const clients = new OrderlyClients(group);
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
