import { afterEach, describe, expect, it } from 'vitest';
import type { Producer } from '../../../src/client/producer/producer.ts';
import { OrderlyClients } from '../orderly-clients.ts';
import { ControlledWorld } from './controlled-world.ts';

const TOPIC = 'Orders';
const STORE = '/store';
let cluster: ControlledWorld;
afterEach(() => {
  expect(cluster.fatal).toEqual([]);
});

const send = (producer: Producer, count: number) => cluster.sendAll(producer, TOPIC, count);

describe.each([1, 3])('brokers in Controller mode, with %i controllers', (controllers) => {
  it('lose nothing that was acknowledged when the master is killed, and send on within 500 ms', async () => {
    cluster = await ControlledWorld.serving(controllers);
    const producer = await cluster.producer();
    const sent = await send(producer, 30);
    const old = cluster.master;
    const killedAt = cluster.world.nowMs;
    cluster.kill(old);
    sent.push(...(await send(producer, 1)));
    expect(cluster.world.nowMs - killedAt).toBeLessThan(500);
    sent.push(...(await send(producer, 30)));
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
    await cluster.start(old);
    await cluster.untilInSync(3);
    expect(cluster.master).not.toBe(old);
    sent.push(...(await send(producer, 5)));
    cluster.kill(cluster.master);
    await cluster.until(() => cluster.masters().length === 1);
    await cluster.world.run(200);
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });

  it('go on after all of them, controllers included, were killed', async () => {
    cluster = await ControlledWorld.serving(controllers);
    const producer = await cluster.producer();
    const sent = await send(producer, 20);
    for (const name of cluster.controllers.names) cluster.controllers.kill(name);
    for (const name of cluster.names) cluster.kill(name);
    for (const name of cluster.controllers.names) await cluster.controllers.start(name);
    for (const name of cluster.names) await cluster.start(name);
    await cluster.untilInSync(3);
    sent.push(...(await send(producer, 5)));
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });
});

describe('brokers in Controller mode', () => {
  it('acknowledge nothing from a master that was replaced behind its back', async () => {
    cluster = await ControlledWorld.serving(3);
    const producer = await cluster.producer();
    const sent = await send(producer, 10);
    const old = cluster.master;
    cluster.isolate(old);
    await cluster.until(() => cluster.masters().some((name) => name !== old));
    // The client still reaches the old master by its cached route, and the name server tells of the new one.
    sent.push(...(await send(producer, 10)));
    cluster.heal(old);
    await cluster.untilInSync(3);
    expect(cluster.master).not.toBe(old);
    sent.push(...(await send(producer, 5)));
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });

  it('keep the route to a new master, though the one that it replaced hears of no Controller and registers on', async () => {
    cluster = await ControlledWorld.create(3);
    for (const name of cluster.names) {
      await cluster.start(name);
      // So that they do not register at the same moments.
      await cluster.world.run(7_000);
    }
    await cluster.untilInSync(3);
    const sent = await send(await cluster.producer(), 5);
    const old = cluster.master;
    for (const name of [...cluster.names, ...cluster.controllers.names])
      if (name !== old) cluster.world.fabric.cut(old, name);
    await cluster.until(() => cluster.masters().length === 2);
    const next = cluster.masters().find((name) => name !== old)!;
    const known = () => cluster.nameServer.status().brokers.find(({ brokerId }) => brokerId === 0)?.address;
    const address = cluster.broker(next).broker.address;
    await cluster.until(() => known() === address, 100);
    // Each of them registers twice in this time.
    for (const end = cluster.world.nowMs + 65_000; cluster.world.nowMs < end; await cluster.world.run(1_000))
      expect(known()).toBe(address);
    expect(cluster.masters().toSorted()).toEqual([old, next].toSorted());
    sent.push(...(await send(await cluster.producer('fresh'), 5)));
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });

  it('begin a new epoch when the master is killed and back before anybody notices', async () => {
    cluster = await ControlledWorld.serving(1);
    const producer = await cluster.producer();
    const sent = await send(producer, 10);
    const old = cluster.master;
    const before = cluster.broker(old).roles.position().masterEpoch;
    cluster.kill(old);
    await cluster.start(old);
    await cluster.untilInSync(3);
    expect(cluster.broker(cluster.master).roles.position().masterEpoch).toBeGreaterThan(before);
    sent.push(...(await send(producer, 5)));
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });

  it('hand over in order when they are restarted one by one', async () => {
    cluster = await ControlledWorld.serving(3);
    const producer = await cluster.producer();
    const sent: string[] = [];
    for (const name of cluster.names) {
      sent.push(...(await send(producer, 5)));
      await cluster.stop(name);
      // Before its connections ended, another was elected.
      expect(cluster.masters()).toHaveLength(1);
      sent.push(...(await send(producer, 5)));
      await cluster.start(name);
      await cluster.untilInSync(3);
    }
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });

  it.each([
    ['store is gone, though it has its id', (name: string) => name !== 'brokerIdentity'],
    ['log alone is gone, soon after the first messages', (name: string) => name === 'commitlog'],
  ])('elect nobody whose %s', async (_what, isGone) => {
    cluster = await ControlledWorld.serving(1);
    const producer = await cluster.producer();
    const sent = await send(producer, 10);
    await cluster.world.run(1_500);
    const first = cluster.master;
    for (const name of cluster.names) cluster.kill(name);
    const { disk } = cluster.platform(first);
    for (const name of disk.list('/store').filter(isGone)) disk.removeTree(`/store/${name}`);
    await cluster.start(first);
    expect(cluster.broker(first).roles.inDoubt).toBe(true);
    await cluster.world.run(20_000);
    expect(cluster.masters()).toEqual([]);
    for (const name of cluster.names) if (name !== first) await cluster.start(name);
    await cluster.untilInSync(3);
    expect(cluster.master).not.toBe(first);
    expect(cluster.broker(first).roles.inDoubt).toBe(false);
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });

  it('do not start beside a master of the same name that runs without a Controller, and do when it is gone', async () => {
    cluster = await ControlledWorld.serving(1);
    for (const name of cluster.names) cluster.kill(name);
    const plain = await cluster.startPlain('plain');
    await cluster.world.run(1_000);
    await expect(cluster.start('b1')).rejects.toThrow(
      /^brokerName=broker-a: \S+ is the master of this set already, and runs without a Controller\. Give this broker a brokerName of its own, or stop that one first$/,
    );
    cluster.kill('b1');
    await cluster.world.settle(plain.stop());
    cluster.kill('plain');
    for (const name of ['b1', 'b2', 'b3']) await cluster.start(name);
    await cluster.untilInSync(3);
  });

  it('keep a master of their name from starting that runs without a Controller, and tell it how to join them', async () => {
    cluster = await ControlledWorld.serving(1);
    await expect(cluster.startPlain('plain')).rejects.toThrow(
      /^brokerName=broker-a: \S+ is the master of this set already, and runs under a Controller\. Give this broker a brokerName of its own, or add it to that set \(enableControllerMode=true, controllerAddr=n0:9878, and an empty storePathRootDir\)$/,
    );
  });

  it('turn a slave away that runs without a Controller, and tell it what to change', async () => {
    cluster = await ControlledWorld.serving(1);
    const { master } = cluster;
    // One of these is the master's own in its set.
    for (const id of [1, 2, 3, 7]) {
      const plain = await cluster.startPlain(
        'plain',
        `brokerRole=SLAVE\nbrokerId=${id}\nhaMasterAddress=${master}:10912`,
      );
      await cluster.world.run(3_000);
      expect(plain.status().problem).toBe(
        `the master ${master}:10912 refused it: a Controller elected this master, but the slave runs without one; give the slave the keys of conf/controller (enableControllerMode=true) and an empty storePathRootDir, or correct haMasterAddress`,
      );
      await cluster.world.settle(plain.stop());
      cluster.kill('plain');
    }
  });

  it('keep topics that were made just before the master died', async () => {
    cluster = await ControlledWorld.serving(1);
    const producer = await cluster.producer();
    const sent = await send(producer, 1);
    cluster.kill(cluster.master);
    await cluster.until(() => cluster.masters().length === 1);
    await cluster.world.run(200);
    expect(await cluster.idsIn(TOPIC)).toEqual(sent);
  });

  it('keep an orderly consumer its queues over a failover and a restart of all', async () => {
    cluster = await ControlledWorld.serving(1);
    const clients = new OrderlyClients(
      cluster.world,
      cluster.client,
      'broker-a',
      (name) => cluster.broker(name).broker.address,
    );
    expect(await clients.lock(cluster.master, 'c1', 0, 1)).toEqual([0, 1]);
    await cluster.world.run(55_000);
    cluster.kill(cluster.master);
    await cluster.until(() => cluster.masters().length === 1);
    await cluster.world.run(15_000);
    expect(await clients.lock(cluster.master, 'c2', 0, 1)).toEqual([]);
    expect(await clients.lock(cluster.master, 'c1', 0)).toEqual([0]);
    await clients.unlock(cluster.master, 'c1', 1);
    for (const name of cluster.names) if (cluster.isRunning(name)) cluster.kill(name);
    for (const name of cluster.names) await cluster.start(name);
    await cluster.until(() => cluster.masters().length === 1);
    expect(await clients.lock(cluster.master, 'c2', 0, 1)).toEqual([1]);
    await cluster.world.run(61_000);
    expect(await clients.lock(cluster.master, 'c2', 0, 1)).toEqual([0, 1]);
  });

  it('hand over to the broker that is preferred (brokerElectionPriority)', async () => {
    cluster = await ControlledWorld.create(1);
    await cluster.start('b1');
    await cluster.until(() => cluster.masters().join() === 'b1');
    await cluster.start('b2', 'brokerElectionPriority=5');
    await cluster.start('b3', 'brokerElectionPriority=1');
    await cluster.untilInSync(3);
    const sent = await send(await cluster.producer(), 5);
    await cluster.stop('b1');
    await cluster.until(() => cluster.masters().length === 1);
    expect([cluster.master, await cluster.idsIn(TOPIC)]).toEqual(['b3', sent.toSorted()]);
  });

  it('never have a learner as master, though it asks first, is alone, or is allowed to lack nothing (asyncLearner)', async () => {
    cluster = await ControlledWorld.create(1);
    await cluster.start('b1', 'asyncLearner=true');
    await cluster.world.run(5_000);
    expect(cluster.masters()).toEqual([]);
    await cluster.start('b2');
    await cluster.until(() => cluster.masters().join() === 'b2');
    const producer = await cluster.producer();
    const sent = await send(producer, 5);
    await cluster.until(() => cluster.broker('b2').roles.replicas()[0]?.lag === 0);
    cluster.kill('b2');
    await cluster.world.run(20_000);
    expect(cluster.masters()).toEqual([]);
    expect(cluster.broker('b1').status().problem).toContain('never elected: {1}, which have asyncLearner=true');
    await cluster.start('b2');
    await cluster.untilInSync(1);
    expect([cluster.master, await cluster.idsIn(TOPIC)]).toEqual(['b2', sent.toSorted()]);
    // As any other, once it is started without the key.
    await cluster.world.settle(cluster.broker('b1').stop());
    await cluster.start('b1');
    await cluster.untilInSync(2);
  });

  /** The one slave that is left lacks what was acknowledged last, and the master is killed. */
  async function onlyAnOldSlaveIsLeft(conf: string) {
    cluster = await ControlledWorld.serving(3, 1, conf);
    const producer = await cluster.producer();
    const early = await send(producer, 5);
    const { master } = cluster;
    const slaves = cluster.names.filter((name) => name !== master);
    for (const slave of slaves) {
      cluster.kill(slave);
      await cluster.world.run(1_000);
    }
    const late = await send(producer, 5);
    cluster.kill(master);
    await cluster.start(slaves[0]!);
    return { master, slave: slaves[0]!, early, late };
  }

  it('have no master while nobody is left who has everything (faults row 27, unclean election off)', async () => {
    const { master, early, late } = await onlyAnOldSlaveIsLeft('');
    await cluster.world.run(30_000);
    expect(cluster.masters()).toEqual([]);
    await cluster.start(master);
    await cluster.untilInSync(2);
    expect(cluster.master).toBe(master);
    expect(await cluster.idsIn(TOPIC)).toEqual([...early, ...late].toSorted());
  });

  it('elect whoever is left where that is allowed, and say what that may cost; who has more keeps it, and follows nobody (faults row 27, unclean election on)', async () => {
    const { master, slave, early } = await onlyAnOldSlaveIsLeft('enableElectUncleanMaster=true');
    await cluster.until(() => cluster.masters().length === 1, 10_000);
    expect(cluster.master).toBe(slave);
    expect(await cluster.idsIn(TOPIC)).toEqual(early.toSorted());
    const told = cluster.controllers.names.flatMap((name) =>
      cluster.controllers.platform(name).logger.messages('error'),
    );
    expect(told.filter((line) => line.includes('acknowledged messages may be lost'))).toHaveLength(1);
    await cluster.start(master);
    await cluster.world.run(10_000);
    expect(cluster.masters()).toEqual([slave]);
    const before = cluster.broker(master).roles.position().maxPosition;
    expect(before).toBeGreaterThan(cluster.broker(slave).roles.position().maxPosition);
    const { logger } = cluster.platform(master);
    expect(logger.messages('error')).toContain('This slave does not follow its master; goes on trying');
    // What it has is given up by hand.
    cluster.kill(master);
    cluster.platform(master).disk.removeTree(STORE);
    await cluster.start(master);
    await cluster.untilInSync(2);
    const more = await send(await cluster.producer(), 3);
    expect(await cluster.idsIn(TOPIC)).toEqual([...early, ...more].toSorted());
    cluster.kill(slave);
    await cluster.until(() => cluster.masters().join() === master);
    await cluster.world.run(200);
    expect(await cluster.idsIn(TOPIC)).toEqual([...early, ...more].toSorted());
  });
});
