import { afterEach, describe, expect, it } from 'vitest';
import type { Producer } from '../../../src/client/producer/producer.ts';
import { cleanBrokerData } from '../../../src/protocol/command/clean-broker-data.ts';
import { electMaster } from '../../../src/protocol/command/elect-master.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import { copyOf, putCopy } from '../directory-copy.ts';
import { ControlledWorld } from './controlled-world.ts';

const TOPIC = 'Orders';
const STORE = '/store';
let cluster: ControlledWorld;
afterEach(() => {
  expect(cluster.fatal).toEqual([]);
});

const send = (producer: Producer, count: number) => cluster.sendAll(producer, TOPIC, count);

describe('brokers in Controller mode, when the controllers have lost their store', () => {
  const ELECTIONS = 3;

  /** Everybody is killed, after some elections; the controllers start with nothing. */
  async function storeLost(): Promise<string[]> {
    cluster = await ControlledWorld.serving(1);
    const producer = await cluster.producer();
    const sent = await send(producer, 10);
    for (let n = 0; n < ELECTIONS; n++) {
      const old = cluster.master;
      cluster.kill(old);
      sent.push(...(await send(producer, 3)));
      await cluster.start(old);
      await cluster.untilInSync(3);
    }
    for (const name of [...cluster.names]) cluster.kill(name);
    cluster.controllers.kill('n0');
    cluster.controllers.wipe('n0');
    await cluster.controllers.start('n0');
    await cluster.controllers.untilServing();
    return sent;
  }

  /** As a broker says to do. */
  async function startAnew(name: string): Promise<void> {
    cluster.platform(name).disk.remove('/store/brokerIdentity');
    await cluster.start(name);
  }

  async function elect(name: string, acceptLoss?: boolean) {
    const tool = await cluster.controllers.broker(`tool-${name}-${acceptLoss}`);
    const brokerId = cluster.broker(name).parts.node.brokerId;
    const header = { clusterName: 'c', brokerName: 'broker-a', brokerId, designateElect: true, acceptLoss };
    return tool.ask(electMaster, header);
  }

  it('have nobody elected before people name the one that has most, and go on in a later epoch with all that was acknowledged', async () => {
    const sent = await storeLost();
    await cluster.start('b1');
    await cluster.world.run(2_000);
    expect(JSON.stringify(cluster.platform('b1').logger.lines)).toContain('remove /store/brokerIdentity');
    cluster.kill('b1');
    for (const name of cluster.names) await startAnew(name);
    await cluster.world.run(20_000);
    expect(cluster.masters()).toEqual([]);
    expect(cluster.broker('b2').status().problem).toContain('mqadmin electMaster -a CONTROLLER -n NAMESERVER -c');
    const newest = Math.max(...cluster.names.map((name) => cluster.broker(name).roles.newestEpoch));
    expect(newest).toBeGreaterThan(ELECTIONS);
    // As RocketMQ's mqadmin asks, which knows no such consent.
    const without = await elect('b2');
    expect(without.code).toBe(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED);
    expect(without.remark).toMatch(
      /but these controllers never elected one.* -bn broker-a -b ID --acceptLoss; what only/,
    );
    expect(cluster.masters()).toEqual([]);
    expect((await elect('b2', true)).header).toMatchObject({ masterEpoch: newest + 1, uncleanEpoch: newest + 1 });
    await cluster.untilInSync(3);
    expect([cluster.master, cluster.broker('b2').roles.position().masterEpoch]).toEqual(['b2', newest + 1]);
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });

  it('keep a log beside a set that was made anew from an empty broker, and go on with it when that set is forgotten as they say', async () => {
    const sent = await storeLost();
    cluster.platform('b3').disk.removeTree(STORE);
    await cluster.start('b3');
    await cluster.until(() => cluster.masters().join() === 'b3');
    const ends = () => ['b1', 'b2'].map((name) => cluster.broker(name).roles.position().maxPosition);
    for (const name of ['b1', 'b2']) await cluster.start(name);
    const before = ends();
    await cluster.world.run(5_000);
    for (const name of ['b1', 'b2']) {
      expect(JSON.stringify(cluster.platform(name).logger.lines)).toContain(
        'mqadmin cleanBrokerMetadata -a CONTROLLER',
      );
      cluster.kill(name);
      await startAnew(name);
    }
    await cluster.world.run(5_000);
    expect([ends(), cluster.masters()]).toEqual([before, ['b3']]);
    for (const name of cluster.names) cluster.kill(name);
    await cluster.world.run(15_000);
    const tool = await cluster.controllers.broker('tool');
    expect((await tool.ask(cleanBrokerData, { brokerName: 'broker-a', isCleanLivingBroker: false })).code).toBe(0);
    for (const name of ['b1', 'b2']) await startAnew(name);
    await cluster.world.run(2_000);
    expect((await elect('b2', true)).code).toBe(0);
    await cluster.untilInSync(2);
    cluster.platform('b3').disk.removeTree(STORE);
    await cluster.start('b3');
    await cluster.untilInSync(3);
    expect([cluster.master, await cluster.idsIn(TOPIC)]).toEqual(['b2', sent.toSorted()]);
  });

  it('do not elect one that has less than another that is alive', async () => {
    const sent = await storeLost();
    cluster.platform('b1').disk.removeTree('/store');
    for (const name of ['b3', 'b1']) await startAnew(name);
    await cluster.world.run(2_000);
    expect((await elect('b1', true)).code).toBe(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED);
    expect((await elect('b3', true)).code).toBe(0);
    await cluster.untilInSync(2);
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });
});

describe('a broker of Controller mode whose store was set back', () => {
  it('is not elected, says why, and joins the set again when it has caught up', async () => {
    cluster = await ControlledWorld.serving(1);
    const producer = await cluster.producer();
    const sent = await send(producer, 5);
    const old = cluster.names.find((name) => name !== cluster.master)!;
    await cluster.stop(old);
    const before = copyOf(cluster.world.disk(old), STORE);
    await cluster.start(old);
    await cluster.untilInSync(3);
    sent.push(...(await send(producer, 20)));
    // The controllers first: they elect nobody in between.
    cluster.controllers.kill('n0');
    for (const name of cluster.names) cluster.kill(name);
    await cluster.controllers.start('n0');
    await cluster.controllers.untilServing();
    putCopy(cluster.platform(old), STORE, before);
    await cluster.start(old);
    await cluster.world.run(20_000);
    expect(cluster.masters()).toEqual([]);
    expect(JSON.stringify(cluster.platform(old).logger.lines)).toContain(
      'was set back to an older state, or is a copy',
    );
    for (const name of cluster.names) if (name !== old) await cluster.start(name);
    await cluster.untilInSync(3);
    expect(cluster.master).not.toBe(old);
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
    // It is one of the set again, over a start, too.
    cluster.kill(old);
    await cluster.start(old);
    await cluster.untilInSync(3);
    for (const name of cluster.names) if (name !== old) cluster.kill(name);
    await cluster.until(() => cluster.masters().join() === old, 15_000);
    await cluster.world.run(200);
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });
});

describe('the last broker of a SyncStateSet whose store was set back', () => {
  it('leaves it empty: nobody is elected before people name the one that has most, and what that has is kept', async () => {
    cluster = await ControlledWorld.serving(1);
    const producer = await cluster.producer();
    const sent = await send(producer, 5);
    const last = cluster.names.find((name) => name !== cluster.master)!;
    await cluster.stop(last);
    const before = copyOf(cluster.world.disk(last), STORE);
    await cluster.start(last);
    await cluster.untilInSync(3);
    sent.push(...(await send(producer, 20)));
    // The set shrinks to it alone, and all that is acknowledged from then on is with it alone.
    for (const name of cluster.names) if (name !== last) cluster.kill(name);
    await cluster.until(() => cluster.masters().join() === last, 15_000);
    const alone = await send(producer, 3);
    cluster.kill(last);
    putCopy(cluster.platform(last), STORE, before);
    for (const name of cluster.names) await cluster.start(name);
    await cluster.world.run(20_000);
    expect(cluster.masters()).toEqual([]);
    const controller = cluster.controllers.platform('n0');
    const said = JSON.stringify(controller.logger.lines);
    expect(said).toContain('no master for broker-a: no replica is known to hold all that was acknowledged. Start all');
    expect(said).toContain('-bn broker-a -b ID --acceptLoss; what only others hold is lost then');
    const tool = await cluster.controllers.broker('tool');
    const elect = async (name: string, acceptLoss?: boolean) => {
      const { brokerId } = cluster.broker(name).parts.node;
      const header = { clusterName: 'c', brokerName: 'broker-a', brokerId, designateElect: true, acceptLoss };
      return (await tool.ask(electMaster, header)).code;
    };
    // Without consent nobody, and with it not the one that has less than others that are alive.
    const [best] = cluster.names.filter((name) => name !== last);
    expect([await elect(best!), await elect(last, true)]).not.toContain(0);
    expect(await elect(best!, true)).toBe(0);
    await cluster.untilInSync(3);
    const kept = await cluster.idsIn(TOPIC);
    expect(kept).toEqual(sent.toSorted());
    expect(alone).toHaveLength(3);
    expect(JSON.stringify(controller.logger.lines)).toContain('acknowledged messages may be lost');
  });
});

describe("a broker of Controller mode with another cluster's store", () => {
  /** The store of a slave of a cluster that has acknowledged messages; killed, so that it has forgotten what consumers saw. */
  async function othersStore() {
    const other = await ControlledWorld.serving(1);
    const producer = await other.producer();
    for (let n = 0; n < 20; n++) await other.world.settle(producer.send({ topic: TOPIC, body: `m${n}` }));
    const slave = other.names.find((name) => name !== other.master)!;
    other.kill(slave);
    return { name: slave, store: copyOf(other.world.disk(slave), STORE) };
  }

  /** A set that has a master, and whose log is empty. */
  async function fresh(but: string): Promise<void> {
    cluster = await ControlledWorld.create(1);
    // Nobody asks for an id at the same moment as in the other cluster.
    await cluster.world.run(777);
    for (const name of cluster.names) if (name !== but) await cluster.start(name);
    await cluster.untilInSync(2);
  }

  it.each([
    ['as it is', false],
    ['from before sets had identities', true],
  ])('is refused with nothing changed, though all epochs look the same: %s', async (_what, isOld) => {
    const { name, store } = await othersStore();
    await fresh(name);
    const platform = cluster.platform(name);
    putCopy(platform, STORE, store);
    // It has an id that the set gives, or knows.
    platform.disk.remove(`${STORE}/brokerIdentity`);
    if (isOld) {
      const boot = JSON.parse(platform.disk.readFile(`${STORE}/ledgermq.boot`)!.toString());
      platform.disk.replaceFile(`${STORE}/ledgermq.boot`, Buffer.from(JSON.stringify({ ...boot, setId: undefined })));
    }
    const log = (): Buffer => copyOf(cluster.world.disk(name), `${STORE}/commitlog`).files.values().next().value!;
    const before = log();
    await cluster.start(name);
    await cluster.world.run(10_000);
    expect(log().equals(before)).toBe(true);
    const lines = JSON.stringify(platform.logger.lines);
    expect(lines).toContain(
      isOld ? 'it does not know to which set it belongs' : 'but the controllers know broker-a as the set ',
    );
    expect(lines).toContain('empt');
    expect(cluster.masters()).toHaveLength(1);
    // Given up by hand, it is one of the set.
    cluster.kill(name);
    cluster.platform(name).disk.removeTree(STORE);
    await cluster.start(name);
    await cluster.untilInSync(3);
  });
});
