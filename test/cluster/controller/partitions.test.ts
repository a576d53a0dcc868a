import { describe, expect, it } from 'vitest';
import { getReplicaInfo } from '../../../src/protocol/command/get-replica-info.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { FakeReplica } from './client/fake-replica.ts';
import { ControllerWorld, type PlayedBroker } from './controller-world.ts';

async function joined(group: ControllerWorld, ...ids: number[]): Promise<PlayedBroker[]> {
  const brokers: PlayedBroker[] = [];
  for (const id of ids) {
    const broker = await group.broker(`b${id}`);
    await broker.join(id);
    broker.startBeating();
    brokers.push(broker);
  }
  await group.world.run(20);
  return brokers;
}

describe('controllers under partitions', () => {
  it('an isolated leader decides nothing, and tells nothing that may be old', async () => {
    const group = await ControllerWorld.serving(3);
    const [first, second] = (await joined(group, 1, 2)) as [PlayedBroker, PlayedBroker];
    await first.elect();
    await first.alter(1, [1, 2], 1);
    const old = group.leader;
    group.isolate(old);
    const asking = first.client.request(
      group.address(old),
      getReplicaInfo.code,
      { brokerName: 'b' },
      { timeoutMs: 3_000 },
    );
    await group.until(() => group.leaders().some((name) => name !== old));
    const now = group.leaders().find((name) => name !== old)!;
    // The other side elects another master while the old leader is still asked.
    first.kill();
    await group.until(() => second.notices.some(({ masterBrokerId }) => masterBrokerId === 2), 15_000);
    const answer = await group.world.settle(asking);
    expect(typeof answer === 'string' ? answer : answer.code).not.toBe(ResponseCode.SUCCESS);
    expect((await second.ask(getReplicaInfo, { brokerName: 'b' }, { of: old })).code).toBe(
      ResponseCode.CONTROLLER_NOT_LEADER,
    );
    group.heal(old);
    await group.world.run(2_000);
    const sets = group.names.map((name) => group.controller(name).status().brokerSets[0]);
    expect(sets.map((set) => set?.masterBrokerId)).toEqual([2, 2, 2]);
    expect(group.leaders()).toContain(now);
  });

  it('a command whose leader is cut off takes effect everywhere or nowhere', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const group = await ControllerWorld.serving(3, '', seed);
      const [first] = (await joined(group, 1, 2)) as [PlayedBroker, PlayedBroker];
      await first.elect();
      const old = group.leader;
      const body = Buffer.from('{"syncStateSet":[1,2],"syncStateSetEpoch":1}');
      const fields = { brokerName: 'b', masterBrokerId: '1', masterEpoch: '1' };
      const asking = first.client.request(group.address(old), 1001, fields, { timeoutMs: 3_000, body });
      // Cut at a moment of its own in each run: before, while or after the entry travels.
      await group.world.run(seed % 5);
      group.isolate(old);
      const answer = await group.world.settle(asking);
      await group.until(() => group.leaders().some((name) => name !== old));
      group.heal(old);
      await group.world.run(3_000);
      const epochs = group.names.map((name) => group.controller(name).status().brokerSets[0]!.syncStateSetEpoch);
      expect(new Set(epochs).size).toBe(1);
      if (typeof answer !== 'string' && answer.code === ResponseCode.SUCCESS) expect(epochs[0]).toBe(2);
    }
  });

  it('finds a master when the leading controller and the master die together (faults row 27)', async () => {
    const group = await ControllerWorld.serving(3);
    const replicas: FakeReplica[] = [];
    for (const host of ['b1', 'b2', 'b3']) replicas.push(await FakeReplica.start(group, host));
    await group.until(() => replicas.every(({ roles }) => roles.role !== 'fenced'));
    await group.world.run(1_100);
    const master = replicas.find(({ roles }) => roles.role === 'master')!;
    master.wish(1, 2, 3);
    await group.until(() => master.roles.set.brokerIds.length === 3);
    const killedAt = group.world.nowMs;
    group.kill(group.leader);
    master.kill();
    await group.until(() => replicas.some(({ roles }) => roles.role === 'master' && roles.masterEpoch === 2));
    expect(group.world.nowMs - killedAt).toBeLessThan(1_000);
  });

  it('decides nothing without a majority, and goes on when it is back', async () => {
    const group = await ControllerWorld.serving(3);
    const [first] = await joined(group, 1);
    const [down, downToo] = group.names.filter((name) => name !== group.leader) as [string, string];
    const left = group.leader;
    group.kill(down);
    group.kill(downToo);
    await group.world.run(3_000);
    const answer = await first!.ask(getReplicaInfo, { brokerName: 'b' }, { of: left });
    expect(answer.code).toBe(ResponseCode.CONTROLLER_NOT_LEADER);
    await group.start(down);
    await group.untilServing();
    expect((await first!.ask(getReplicaInfo, { brokerName: 'b' })).code).toBe(ResponseCode.SUCCESS);
  });

  it('makes a controller whole again that lost its directory', async () => {
    const group = await ControllerWorld.serving(3);
    const [first] = await joined(group, 1);
    await first!.elect();
    const wiped = group.names.find((name) => name !== group.leader)!;
    group.kill(wiped);
    group.wipe(wiped);
    await group.start(wiped);
    await group.until(() => group.controller(wiped).status().brokerSets[0]?.masterBrokerId === 1);
    await group.until(() => !group.controller(wiped).status().raft.inDoubt);
  });
});
