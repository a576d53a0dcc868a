import { afterEach, describe, expect, it } from 'vitest';
import { electMaster } from '../../../src/protocol/command/elect-master.ts';
import { sendMessageV2 } from '../../../src/protocol/command/send-message.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { copyOf, type DirectoryCopy, putCopy } from '../directory-copy.ts';
import { ControlledWorld } from './controlled-world.ts';

const TOPIC = 'Orders';
const STORE = '/store';
/** Longer than a silent broker counts as alive, shorter than a silent connection to a master is kept. */
const HALT_MS = 11_000;
/** SYNC_FLUSH: else a copy on another machine is in doubt, as if its page cache had gone. A send waits for a slave for as long as the master keeps that in the set. */
const CONF = 'flushDiskType=SYNC_FLUSH\nhaMaxTimeSlaveNotCatchup=60000\nslaveTimeout=60000';
let cluster: ControlledWorld;
afterEach(() => {
  expect(cluster.fatal).toEqual([]);
});

/** A set of two, of which `b1` is the master; what was acknowledged. */
async function two(): Promise<string[]> {
  cluster = await ControlledWorld.create(1);
  for (const name of ['b1', 'b2']) {
    await cluster.start(name, CONF);
    await cluster.until(() => cluster.masters().join() === 'b1');
  }
  await cluster.untilInSync(2);
  return cluster.sendAll(await cluster.producer(), TOPIC, 10);
}

/** The store of a broker, which goes on; as of its start before. */
async function olderStore(name: string): Promise<DirectoryCopy> {
  await cluster.stop(name);
  const copy = copyOf(cluster.world.disk(name), STORE);
  await cluster.start(name, CONF);
  await cluster.untilInSync(2);
  return copy;
}

const storeOf = (name: string): DirectoryCopy => copyOf(cluster.world.disk(name), STORE);

/** A broker on a machine of its own, with a copy of another one's directory. */
async function startCopy(copy: DirectoryCopy): Promise<void> {
  putCopy(cluster.platform('copy'), STORE, copy);
  await cluster.start('copy', CONF);
  await cluster.world.run(3_000);
}

/** Sends one message to this broker alone; resolves with what it answers, `undefined` if that is not SEND_OK. */
async function sendTo(name: string, body: string): Promise<string | undefined> {
  const client = new RemotingClient({ platform: cluster.client });
  const ids = { producerGroup: 'p', topic: TOPIC, defaultTopic: 'TBW102', defaultTopicQueueNums: 4, queueId: 0 };
  const rest = {
    sysFlag: 0,
    bornTimestamp: 1,
    flag: 0,
    properties: '',
    reconsumeTimes: 0,
    unitMode: false,
    batch: false,
  };
  const address = `${cluster.platform(name).network.localAddresses()[0]}:10911`;
  const header = sendMessageV2.encodeRequest({ ...ids, ...rest });
  const answer = await client.request(address, sendMessageV2.code, header, {
    body: Buffer.from(body),
    timeoutMs: 30_000,
  });
  client.close();
  return typeof answer !== 'string' && answer.code === 0 ? answer.extFields['msgId'] : undefined;
}

const linesOf = (name: string): string => JSON.stringify(cluster.platform(name).logger.lines);
const inSync = () => cluster.controllers.controller('n0').status().brokerSets[0]?.syncStateSet;

describe('a broker that was halted for so long that a copy of its directory got its id', () => {
  it('as a master acknowledges nothing that the copy, which was elected, lacks', async () => {
    const sent = await two();
    cluster.kill('b2');
    await cluster.world.run(1_000);
    const master = cluster.platform('b1');
    master.halt();
    const asked = sendTo('b1', 'while it is halted');
    await cluster.world.run(HALT_MS);
    await startCopy(storeOf('b1'));
    expect(cluster.broker('copy').broker.status().serving).toBe(true);
    master.resume();
    const late = [await cluster.world.settle(asked), await cluster.world.settle(sendTo('b1', 'behind it'))];
    expect(late).toEqual([undefined, undefined]);
    expect(cluster.masters()).toEqual(['copy']);
    expect(linesOf('b1')).toContain('This broker did not run for a while');
    const ip = cluster.platform('copy').network.localAddresses()[0];
    expect(linesOf('b1')).toContain(`To go on with this one: stop ${ip}:10911, and start this one anew`);
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });

  it('as a slave acknowledges nothing that the copy, which may be elected, lacks', async () => {
    const sent = await two();
    const slave = cluster.platform('b2');
    slave.halt();
    await cluster.world.run(100);
    const copy = storeOf('b2');
    const asked = sendTo('b1', 'for both');
    await cluster.world.run(HALT_MS);
    await startCopy(copy);
    slave.resume();
    // Long enough for an acknowledgement, and too short for the set to shrink.
    await cluster.world.run(0.5);
    cluster.kill('b1');
    const id = await cluster.world.settle(asked);
    await cluster.until(() => cluster.masters().join() === 'copy', 15_000);
    await cluster.world.run(200);
    expect(await cluster.idsIn(TOPIC)).toEqual([...sent, ...(id === undefined ? [] : [id])].toSorted());
    expect(linesOf('b2')).toContain('This broker serves nothing');
  });

  it('does not have the copy taken for in sync, which has less, and joins again when that is gone and it is started anew', async () => {
    const sent = await two();
    const older = await olderStore('b2');
    sent.push(...(await cluster.sendAll(await cluster.producer('q'), TOPIC, 10)));
    const slave = cluster.platform('b2');
    slave.halt();
    await cluster.world.run(HALT_MS);
    await startCopy(older);
    expect(inSync()).toEqual([1]);
    const refused = 'which follows the master, runs on a copy of its directory';
    await cluster.until(() => linesOf('b1').includes(refused), 6_000);
    expect(inSync()).toEqual([1]);
    slave.resume();
    await cluster.world.run(1_000);
    expect(linesOf('b2')).toContain('This broker serves nothing');
    // As it says.
    cluster.kill('copy');
    await cluster.world.run(1_000);
    expect(linesOf('b2')).toContain('start this broker anew: it joins the SyncStateSet when it has caught up');
    cluster.kill('b2');
    await cluster.start('b2', CONF);
    await cluster.untilInSync(2);
    cluster.kill('b1');
    await cluster.until(() => cluster.masters().join() === 'b2', 15_000);
    await cluster.world.run(200);
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });

  it('as the last one in sync leaves a set that people put in order with it: nothing is lost', async () => {
    const sent = await two();
    cluster.kill('b2');
    await cluster.until(() => inSync()?.length === 1);
    await cluster.stop('b1');
    const older = storeOf('b1');
    await cluster.start('b1', CONF);
    await cluster.untilInSync(1);
    sent.push(...(await cluster.sendAll(await cluster.producer('q'), TOPIC, 10)));
    cluster.platform('b1').halt();
    const asked = sendTo('b1', 'while it is halted');
    await cluster.world.run(HALT_MS);
    await startCopy(older);
    expect(inSync()).toEqual([]);
    cluster.platform('b1').resume();
    expect(await cluster.world.settle(asked)).toBeUndefined();
    await cluster.world.run(1_000);
    expect(cluster.masters()).toEqual([]);
    cluster.kill('copy');
    cluster.kill('b1');
    await cluster.start('b1', CONF);
    await cluster.world.run(3_000);
    expect(linesOf('b1')).toContain('-b ID --acceptLoss');
    const tool = await cluster.controllers.broker('tool');
    const named = { clusterName: 'c', brokerName: 'broker-a', brokerId: 1, designateElect: true, acceptLoss: true };
    expect((await tool.ask(electMaster, named)).code).toBe(0);
    await cluster.untilInSync(1);
    expect(await cluster.idsIn(TOPIC)).toEqual(expect.arrayContaining(sent));
  });

  it('goes on where nobody took its id', async () => {
    const sent = await two();
    cluster.kill('b2');
    await cluster.until(() => inSync()?.length === 1);
    cluster.platform('b1').halt();
    const asked = sendTo('b1', 'while it is halted');
    await cluster.world.run(HALT_MS);
    cluster.platform('b1').resume();
    // Refused, so that nobody is told anything before the controllers were asked.
    expect(await cluster.world.settle(asked)).toBeUndefined();
    sent.push(...(await cluster.sendAll(await cluster.producer('q'), TOPIC, 3)));
    expect(await cluster.idsIn(TOPIC)).toEqual(sent.toSorted());
  });
});
