import { describe, expect, it } from 'vitest';
import { BrokerIdentity } from '../../../../cluster/controller/client/broker-identity.ts';
import { epochEntryCache } from '../../../../src/protocol/body/epoch-entry-cache.ts';
import { haRuntimeInfo } from '../../../../src/protocol/body/ha-runtime-info.ts';
import { applyBrokerId } from '../../../../src/protocol/command/apply-broker-id.ts';
import { cleanBrokerData } from '../../../../src/protocol/command/clean-broker-data.ts';
import { getBrokerEpochCache } from '../../../../src/protocol/command/get-broker-epoch-cache.ts';
import { getBrokerHaStatus } from '../../../../src/protocol/command/get-broker-ha-status.ts';
import { RemotingClient } from '../../../../src/remoting/client.ts';
import { VirtualWorld } from '../../../support/virtual-platform.ts';
import { ControllerWorld } from '../controller-world.ts';
import { FakeReplica } from './fake-replica.ts';

/** Three brokers that start at once; the set is complete when the master has had all of them taken in. */
async function threeBrokers(group: ControllerWorld): Promise<FakeReplica[]> {
  const replicas: FakeReplica[] = [];
  for (const host of ['b1', 'b2', 'b3']) replicas.push(await FakeReplica.start(group, host));
  await group.until(() => replicas.every(({ roles }) => roles.role !== 'fenced'));
  // The controllers must have heard all before they take them into the set.
  await group.world.run(1_100);
  const master = masterOf(replicas);
  master.wish(1, 2, 3);
  await group.until(() => master.roles.set.brokerIds.length === 3);
  return replicas;
}

function masterOf(replicas: readonly FakeReplica[]): FakeReplica {
  const masters = replicas.filter(({ roles, platform }) => platform.alive && roles.role === 'master');
  expect(masters).toHaveLength(1);
  return masters[0]!;
}

function warnings(replica: FakeReplica): string {
  return JSON.stringify(replica.platform.logger.lines);
}

describe.each([1, 3])("the broker's side, with %i controllers", (count) => {
  it('gives each broker an id of its own and the set one master', async () => {
    const group = await ControllerWorld.serving(count);
    const replicas = await threeBrokers(group);
    expect(replicas.map(({ roles }) => roles.brokerId).sort()).toEqual([1, 2, 3]);
    const master = masterOf(replicas);
    for (const { roles } of replicas) expect(roles).toMatchObject({ masterEpoch: 1, masterId: master.roles.brokerId });
    expect(master.roles.set).toEqual({ brokerIds: [1, 2, 3], setEpoch: 2 });
  });

  it('hands over within 200 ms of a kill, and the old master comes back as a slave with its id', async () => {
    const group = await ControllerWorld.serving(count);
    const replicas = await threeBrokers(group);
    const old = masterOf(replicas);
    const { brokerId } = old.roles;
    const killedAt = group.world.nowMs;
    old.kill();
    await group.until(() => replicas.some(({ roles }) => roles.masterEpoch === 2 && roles.role === 'master'));
    expect(group.world.nowMs - killedAt).toBeLessThan(200);
    await old.restart();
    await group.until(() => old.roles.role === 'slave');
    expect(old.roles).toMatchObject({ brokerId, masterEpoch: 2 });
    expect(masterOf(replicas)).not.toBe(old);
  });

  it('follows the longest history in the set', async () => {
    const group = await ControllerWorld.serving(count);
    const replicas = await threeBrokers(group);
    const old = masterOf(replicas);
    const others = replicas.filter((replica) => replica !== old);
    others[0]!.roles.maxPosition = 500;
    others[1]!.roles.maxPosition = 501;
    await group.world.run(1_100);
    old.kill();
    await group.until(() => others.some(({ roles }) => roles.role === 'master'));
    expect(masterOf(others)).toBe(others[1]);
  });

  it('takes a broker in doubt out of the set, and does not elect the last one of it', async () => {
    const group = await ControllerWorld.serving(count);
    const alone = await FakeReplica.start(group, 'b1');
    await group.until(() => alone.roles.role === 'master');
    alone.kill();
    await group.world.run(500);
    await alone.restart({ inDoubt: true });
    await group.world.run(12_000);
    expect(alone.roles.role).toBe('fenced');
    expect(warnings(alone)).toContain('-bn b -b ID --acceptLoss; what only others hold is lost then');
  });
});

/** The set is a master and one other, which has just lost power. */
async function powerLossOfOne(group: ControllerWorld) {
  const replicas = await threeBrokers(group);
  const old = masterOf(replicas);
  const [dead, third] = replicas.filter((replica) => replica !== old) as [FakeReplica, FakeReplica];
  third.kill();
  old.wish(old.roles.brokerId!, dead.roles.brokerId!);
  await group.world.run(100);
  dead.losePower();
  return { old, dead };
}

describe("the broker's side", () => {
  it('lets the others be elected where the controllers elected a broker that had just lost power', async () => {
    const group = await ControllerWorld.serving(1);
    const { old, dead } = await powerLossOfOne(group);
    old.kill();
    await group.world.run(500);
    await dead.restart({ inDoubt: true });
    await old.restart();
    await group.until(() => old.roles.role === 'master' && dead.roles.role === 'slave');
    expect(old.roles.set.brokerIds).toEqual([old.roles.brokerId]);
  });

  it('has it ask anew where they elect it between its question and its registration', async () => {
    const group = await ControllerWorld.serving(1);
    const { old, dead } = await powerLossOfOne(group);
    const { fabric } = group.world;
    fabric.latencyMs = 100;
    await dead.restart({ inDoubt: true });
    await group.until(() => dead.roles.renounced === 1);
    fabric.latencyMs = 0.1;
    old.kill();
    await group.until(() => group.controller(group.leader).status().masterElections.elected === 2);
    await group.until(() => dead.roles.renounced === 2);
    await old.restart();
    await group.until(() => old.roles.role === 'master' && dead.roles.role === 'slave');
    expect(warnings(dead)).not.toContain('Could not register');
  });

  it('does not count a broker that has not registered since its start, and so could not say that it is in doubt', async () => {
    const group = await ControllerWorld.serving(3);
    const { old, dead } = await powerLossOfOne(group);
    const { leader } = group;
    group.world.fabric.cut(dead.host, leader);
    await dead.restart({ inDoubt: true });
    await group.world.run(2_500);
    expect(dead.roles.role).toBe('fenced');
    old.kill();
    group.kill(leader);
    await group.untilServing();
    await group.world.run(5_000);
    expect([dead.roles.role, dead.roles.begunEpoch]).toEqual(['fenced', 0]);
    await old.restart();
    await group.until(() => old.roles.role === 'master' && dead.roles.role === 'slave');
  });

  it('elects unclean where that is allowed', async () => {
    const group = await ControllerWorld.serving(1, 'enableElectUncleanMaster=true');
    const alone = await FakeReplica.start(group, 'b1');
    await group.until(() => alone.roles.role === 'master');
    alone.kill();
    await group.world.run(500);
    await alone.restart({ inDoubt: true });
    await group.until(() => alone.roles.role === 'master');
  });

  it('goes on when the controllers change their leader, and when all of them start anew', async () => {
    const group = await ControllerWorld.serving(3);
    const replicas = await threeBrokers(group);
    const master = masterOf(replicas);
    group.kill(group.leader);
    await group.untilServing();
    for (let second = 0; second < 5 && master.roles.set.brokerIds.length > 1; second++) {
      master.wish(master.roles.brokerId!);
      await group.world.run(1_000);
    }
    expect(master.roles.set.brokerIds).toEqual([master.roles.brokerId]);
    for (const name of group.names) {
      if (group.isRunning(name)) group.kill(name);
      await group.start(name);
    }
    await group.untilServing();
    await group.world.run(20_000);
    expect(masterOf(replicas)).toBe(master);
    expect(master.roles).toMatchObject({ masterEpoch: 1, role: 'master' });
  });

  it('replaces a master that is paused for longer than its heartbeats last, and fences it when it is back', async () => {
    const group = await ControllerWorld.serving(3);
    const replicas = await threeBrokers(group);
    const old = masterOf(replicas);
    for (const name of group.names) group.world.fabric.cut(old.host, name);
    await group.until(() => replicas.some(({ roles }) => roles.masterEpoch === 2 && roles.role === 'master'), 10_000);
    expect(old.roles.role).toBe('master');
    for (const name of group.names) group.world.fabric.heal(old.host, name);
    await group.until(() => old.roles.role === 'slave', 15_000);
    expect(old.roles.masterEpoch).toBe(2);
  });

  it('takes no second id when it crashed while it asked for one', async () => {
    const group = await ControllerWorld.serving(1);
    const platform = group.world.start('b1');
    platform.disk.replaceFile('/brokerIdentity-temp', Buffer.from('c#b#1#b1:30911;7'));
    platform.crash();
    const before = await group.broker('tool');
    const registerCheckCode = 'b1:30911;7';
    await before.ask(applyBrokerId, { clusterName: 'c', brokerName: 'b', appliedBrokerId: 1, registerCheckCode });
    const replica = await FakeReplica.start(group, 'b1');
    await group.until(() => replica.roles.role === 'master');
    expect(replica.roles.brokerId).toBe(1);
    expect(replica.platform.disk.readFile('/brokerIdentity')?.toString()).toBe('c#b#1');
    expect(replica.platform.disk.exists('/brokerIdentity-temp')).toBe(false);
  });

  it('asks for another id where the one that it wanted went to a faster broker', async () => {
    const group = await ControllerWorld.serving(1);
    const faster = await FakeReplica.start(group, 'b1');
    await group.until(() => faster.roles.brokerId === 1);
    const platform = group.world.start('b2');
    platform.disk.replaceFile('/brokerIdentity-temp', Buffer.from('c#b#1#b2:30911;7'));
    platform.crash();
    const replica = await FakeReplica.start(group, 'b2');
    await group.until(() => replica.roles.brokerId === 2);
  });

  it("refuses another broker's directory, and a file that is no identity", () => {
    const { disk } = new VirtualWorld().start('b1');
    const name = { clusterName: 'c', brokerName: 'b' };
    disk.replaceFile('/brokerIdentity', Buffer.from('c#a#1'));
    expect(BrokerIdentity.open(disk, '/brokerIdentity', name)).toContain(
      'belongs to broker a of cluster c, not to b of c',
    );
    disk.replaceFile('/brokerIdentity', Buffer.from('c#b#x'));
    expect(BrokerIdentity.open(disk, '/brokerIdentity', name)).toContain('is no identity of a broker');
  });

  it('waits, and says why, where the controllers were told to forget it', async () => {
    const group = await ControllerWorld.serving(1);
    const replicas = await threeBrokers(group);
    const slave = replicas.find(({ roles }) => roles.role === 'slave')!;
    const tool = await group.broker('tool');
    const forgotten = {
      brokerName: 'b',
      brokerControllerIdsToClean: `${slave.roles.brokerId}`,
      isCleanLivingBroker: true,
    };
    expect((await tool.ask(cleanBrokerData, forgotten)).code).toBe(0);
    slave.kill();
    await slave.restart();
    await group.world.run(3_000);
    expect(slave.roles.role).toBe('fenced');
    expect(warnings(slave)).toContain('remove /brokerIdentity to have this broker take a new id');
  });

  it('lets nobody in who runs on a copy of a live broker, and lets a broker move', async () => {
    const group = await ControllerWorld.serving(1);
    const replicas = await threeBrokers(group);
    const slave = replicas.find(({ roles }) => roles.role === 'slave')!;
    const platform = group.world.start('copy');
    platform.disk.replaceFile('/brokerIdentity', slave.platform.disk.readFile('/brokerIdentity')!);
    platform.crash();
    const copy = await FakeReplica.start(group, 'copy');
    await group.world.run(3_000);
    expect(copy.roles.role).toBe('fenced');
    expect(warnings(copy)).toContain(`the live broker ${slave.address} has the id ${slave.roles.brokerId} of b`);
    slave.kill();
    await group.until(() => copy.roles.role === 'slave');
    const addresses = group
      .controller('n0')
      .status()
      .brokerSets[0]!.replicas.map(({ address }) => address);
    expect(addresses).toContain(copy.address);
  });

  /** The whole set: a master, and a broker on a copy of its directory. */
  async function masterAndCopy() {
    const group = await ControllerWorld.serving(1);
    const master = await FakeReplica.start(group, 'b1');
    await group.until(() => master.roles.role === 'master');
    await group.world.run(1_100);
    const platform = group.world.start('copy');
    platform.disk.replaceFile('/brokerIdentity', master.platform.disk.readFile('/brokerIdentity')!);
    platform.crash();
    return { group, master, startCopy: () => FakeReplica.start(group, 'copy') };
  }

  it('lets nobody in under the id of another address while that may be alive, when the controller was just started', async () => {
    const { group, master, startCopy } = await masterAndCopy();
    for (const name of group.names) group.world.fabric.cut(master.host, name);
    group.kill('n0');
    await group.start('n0');
    await group.untilServing();
    const copy = await startCopy();
    await group.world.run(5_000);
    expect(warnings(copy)).toContain(`does not know yet whether it is alive: ${copy.address} may have the id in 10 s`);
    for (const name of group.names) group.world.fabric.heal(master.host, name);
    await group.world.run(20_000);
    expect([master.roles.role, copy.roles.role]).toEqual(['master', 'fenced']);
    expect(warnings(copy)).toContain(`the live broker ${master.address} has the id 1 of b`);
  });

  it('is no master any more where the controllers know its id at another address, and says so', async () => {
    const { group, master, startCopy } = await masterAndCopy();
    for (const name of group.names) group.world.fabric.cut(master.host, name);
    await group.world.run(12_000);
    const copy = await startCopy();
    await group.until(() => copy.roles.role === 'master');
    for (const name of group.names) group.world.fabric.heal(master.host, name);
    await group.world.run(20_000);
    expect([master.roles.role, copy.roles.role]).toEqual(['fenced', 'master']);
    expect(master.manager.problem).toContain(
      `the controllers know ${copy.address} under the id 1 of b, which is that of`,
    );
  });

  it('tells its epochs to whoever asks (1007)', async () => {
    const group = await ControllerWorld.serving(1);
    const replica = await FakeReplica.start(group, 'b1');
    await group.until(() => replica.roles.role === 'master');
    const client = new RemotingClient({ platform: group.world.start('tool') });
    const answer = await group.world.settle(
      client.request(replica.address, getBrokerEpochCache.code, {}, { timeoutMs: 1_000 }),
    );
    if (typeof answer === 'string') throw new Error(answer);
    expect(epochEntryCache.decode(answer.body)).toMatchObject({
      clusterName: 'c',
      brokerId: 0,
      epochList: [{ epoch: 1, startOffset: 0 }],
    });
  });

  it('tells how its replication is to whoever asks (907)', async () => {
    const group = await ControllerWorld.serving(1);
    const replica = await FakeReplica.start(group, 'b1');
    await group.until(() => replica.roles.role === 'master');
    replica.roles.maxPosition = 500;
    replica.roles.reports = [
      { brokerId: 2, address: 'b2:10911', ackPosition: 500, lag: 0, inSyncStateSet: true, learner: false, priority: 1 },
      {
        brokerId: 3,
        address: 'b3:10911',
        ackPosition: 100,
        lag: 400,
        inSyncStateSet: false,
        learner: true,
        priority: 1,
      },
    ];
    const client = new RemotingClient({ platform: group.world.start('tool') });
    const ask = async () => {
      const asked = client.request(replica.address, getBrokerHaStatus.code, {}, { timeoutMs: 1_000 });
      const answer = await group.world.settle(asked);
      if (typeof answer === 'string') throw new Error(answer);
      return haRuntimeInfo.decode(answer.body);
    };
    expect(await ask()).toMatchObject({
      master: true,
      masterCommitLogMaxOffset: 500,
      inSyncSlaveNums: 1,
      haConnectionInfo: [
        { addr: 'b2:10911', slaveAckOffset: 500, diff: 0, inSync: true },
        { addr: 'b3:10911', slaveAckOffset: 100, diff: 400, inSync: false },
      ],
    });
    replica.roles.becomeFenced();
    replica.roles.reports = [];
    expect(await ask()).toMatchObject({ master: false, haConnectionInfo: [], haClientRuntimeInfo: { maxOffset: 500 } });
  });
});
