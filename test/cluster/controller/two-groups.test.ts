import { afterEach, describe, expect, it } from 'vitest';
import { ControlledWorld } from './controlled-world.ts';
import { ControllerWorld } from './controller-world.ts';

let cluster: ControlledWorld;
afterEach(() => {
  expect(cluster.fatal).toEqual([]);
});

const lines = (name: string, text: string) =>
  cluster.platform(name).logger.lines.filter(({ message }) => message.includes(text));

describe('a broker of Controller mode whose set another group of controllers has', () => {
  const twoGroups =
    /^brokerName=broker-a: (\S+):10911 is the master of this set already by the word of its controllers \(controllerAddr=n0:9878\), but those of (\S+):10911 \(controllerAddr=other:9878\) know no master of it: these are two groups of controllers, each with a master of its own\. Give all brokers of a set the controllers of one group, or give this broker a brokerName of its own$/;

  it('does not start, and asks for no id', async () => {
    cluster = await ControlledWorld.create(1);
    const other = await ControllerWorld.beside(cluster.controllers);
    await cluster.start('b1');
    await cluster.until(() => cluster.masters().length === 1);
    await cluster.world.run(1_000);
    await expect(cluster.start('b2', 'controllerAddr=other:9878')).rejects.toThrow(twoGroups);
    expect(other.controller('other').status().brokerSets).toEqual([]);
    expect(cluster.platform('b2').disk.list('/store')).not.toContain('brokerIdentity');
    expect(cluster.masters()).toEqual(['b1']);
  });

  it('does not start, either, where its controllers could not be asked at first', async () => {
    cluster = await ControlledWorld.create(1);
    const other = await ControllerWorld.beside(cluster.controllers);
    other.kill('other');
    await cluster.start('b1');
    await cluster.until(() => cluster.masters().length === 1);
    await cluster.world.run(1_000);
    const starting = expect(cluster.start('b2', 'controllerAddr=other:9878')).rejects.toThrow(twoGroups);
    await cluster.world.run(1_000);
    await other.start('other');
    await starting;
  });

  it('is told of it, where both started at once', async () => {
    cluster = await ControlledWorld.create(1);
    await ControllerWorld.beside(cluster.controllers);
    cluster.world.fabric.cut('b2', 'ns');
    await cluster.start('b1');
    await cluster.start('b2', 'controllerAddr=other:9878');
    await cluster.until(() => cluster.masters().length === 2);
    cluster.world.fabric.heal('b2', 'ns');
    await cluster.world.run(70_000);
    const told = ['b1', 'b2'].flatMap((name) => lines(name, 'these are two groups of controllers'));
    expect(told.length).toBeGreaterThan(0);
    for (const { level, message } of told) {
      expect(level).toBe('error');
      expect(message).toContain('know another set by this name');
    }
  });
});

it('a broker whose controllerAddr names controllers of two groups is told so in one sentence', async () => {
  cluster = await ControlledWorld.create(3);
  await ControllerWorld.beside(cluster.controllers);
  await cluster.start('b1', 'controllerAddr=n0:9878;other:9878;n1:9878\nsyncControllerMetadataPeriod=1000');
  await cluster.world.run(5_000);
  expect(lines('b1', 'two groups').map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^controllerAddr: n0:9878 \(group g of n0:\S+, n1:\S+, n2:\S+\) and other:9878 \(group g of other:\S+\) belong to two groups of controllers, each of which names a master of its own; give the controllers of one group, the same to all brokers of a set$/,
    ),
  ]);
});

describe('brokers of one set', () => {
  it('are no rivals while the route names a master that was replaced', async () => {
    cluster = await ControlledWorld.serving(3);
    const old = cluster.master;
    // The name server hears of no other master, and goes on naming the old one, which goes on running.
    for (const name of cluster.names) if (name !== old) cluster.world.fabric.cut(name, 'ns');
    for (const name of cluster.controllers.names) cluster.world.fabric.cut(old, name);
    await cluster.until(() => cluster.masters().some((name) => name !== old));
    const [slave = ''] = cluster.names.filter((name) => name !== old && !cluster.masters().includes(name));
    for (const name of cluster.names) cluster.world.fabric.heal(name, 'ns');
    cluster.kill(slave);
    cluster.platform(slave).disk.removeTree('/store');
    await cluster.start(slave);
    await cluster.world.run(70_000);
    for (const name of cluster.names)
      for (const text of ['is the master of this set already', 'two groups']) expect(lines(name, text)).toEqual([]);
  });

  it('start beside their master, with nothing in their stores, while no controller can be reached', async () => {
    cluster = await ControlledWorld.serving(1);
    const slave = cluster.names.find((name) => name !== cluster.master)!;
    cluster.kill(slave);
    cluster.world.fabric.cut(slave, 'n0');
    await cluster.start(slave);
    cluster.world.fabric.heal(slave, 'n0');
    await cluster.untilInSync(3);
  });
});
