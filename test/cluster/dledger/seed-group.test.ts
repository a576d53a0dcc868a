import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seedGroup } from '../../../cluster/dledger/seed/seed-group.ts';
import type { MembersRequest } from '../../../raft/index.ts';
import { loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { type LoneBroker, startLoneBroker } from '../../../src/broker/lone-broker.ts';
import type { Disk } from '../../../src/platform/ports.ts';
import { pullMessage } from '../../../src/protocol/command/pull-message.ts';
import { decodeRecords, type StoredRecord } from '../../../src/protocol/message/record-reader.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { type GoldenStore, goldenStore } from '../../store/support.ts';
import { DledgerWorld, type MemberName } from './dledger-world.ts';

const OLD = '/old/store';

/** Starts a broker without replication on the machine of n0, whose store is `/old/store`. */
async function plainBroker(group: DledgerWorld): Promise<LoneBroker> {
  const ipAddress = group.ip('n0');
  const text = `
brokerName=plain
brokerIP1=${ipAddress}
listenPort=20911
namesrvAddr=ns:9876
storePathRootDir=${OLD}
mappedFileSizeCommitLog=32768
mappedFileSizeConsumeQueue=4000
maxHashSlotNum=500
maxIndexNum=2000`;
  const { config } = loadBrokerConfig(text, { homeDirectory: '/home', hostName: 'n0', ipAddress });
  const broker = startLoneBroker(group.platform('n0'), config, (error) => group.fatal.push(error.message));
  return await group.world.settle(broker);
}

/** Sends to the broker that there is, consumes some, and stops it: what it leaves. */
async function leaveStore(group: DledgerWorld, count: number): Promise<string[]> {
  const lone = await plainBroker(group);
  await group.world.run(200);
  const bodies = Array.from({ length: count }, (_, n) => `old ${n} ${'x'.repeat(700)}`);
  await send(group, bodies);
  const consumer = await group.pullConsumer('reader');
  const [queue] = await group.world.settle(consumer.queues('Orders'));
  await group.world.settle(consumer.commit(queue!, 7));
  await group.world.settle(consumer.close());
  await group.world.settle(lone.stop());
  group.kill('n0');
  return bodies;
}

async function send(group: DledgerWorld, bodies: readonly string[]): Promise<void> {
  const producer = await group.producer();
  for (const body of bodies) await group.world.settle(producer.send({ topic: 'Orders', body }));
  await group.world.settle(producer.close());
}

const seed = (group: DledgerWorld): Promise<void> =>
  group.world.settle(seedGroup(group.platform('n0'), group.config('n0'), OLD));

async function change(group: DledgerWorld, request: MembersRequest): Promise<void> {
  const { replica } = group.broker('n0').parts.group;
  const refusal = await group.world.settle(
    new Promise<string | undefined>((resolve) => replica.changeMembers(request, resolve)),
  );
  expect(refusal).toBeUndefined();
}

/** n0 begins the group with the old store; n1 and n2, whose directories are empty, join it. */
async function seeded(group: DledgerWorld): Promise<void> {
  await seed(group);
  await group.start('n0');
  await group.untilServing();
  for (const id of ['n1', 'n2'] as const) {
    await group.start(id);
    await change(group, { kind: 'add-learner', id, address: `${id}:40911` });
    await group.until(() => !group.broker(id).status().inDoubt, 120_000);
    await group.untilEqual();
    await group.world.run(300);
    await change(group, { kind: 'promote', id });
  }
  await group.untilEqual();
}

/** Every message of a topic that a member answers to pulls. */
async function pullAll(group: DledgerWorld, name: MemberName, topic: string): Promise<StoredRecord[]> {
  const { store } = group.broker(name).parts.data;
  const client = new RemotingClient({ platform: group.client });
  const messages: StoredRecord[] = [];
  for (const queueId of store.queueIds(topic)) {
    for (let queueOffset = store.minOffset(topic, queueId); queueOffset < store.maxOffset(topic, queueId); ) {
      const where = { consumerGroup: 'c', topic, queueId, queueOffset, maxMsgNums: 32, sysFlag: 4 };
      const rest = { commitOffset: 0, suspendTimeoutMillis: 0, subscription: '*', subVersion: 0 };
      const fields = pullMessage.encodeRequest({ ...where, ...rest });
      const asked = client.request(`${group.ip(name)}:30911`, pullMessage.code, fields, { timeoutMs: 5_000 });
      const answer = await group.world.settle(asked);
      if (typeof answer === 'string') throw new Error(answer);
      expect(answer.code).toBe(0);
      const records = decodeRecords(answer.body);
      if (typeof records === 'string') throw new Error(records);
      messages.push(...records);
      queueOffset += records.length;
    }
  }
  client.close();
  return messages;
}

const place = ({ topic, queueId, queueOffset }: { topic: string; queueId: number; queueOffset: number }): string =>
  `${topic} ${queueId} ${queueOffset}`;

/** Files of a directory with all below, as text, without the lock. */
function content(disk: Disk, directory: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of disk.list(directory)) {
    const path = `${directory}/${name}`;
    const bytes = disk.readFile(path);
    if (bytes === undefined) Object.assign(files, content(disk, path));
    else files[path] = bytes.toString('latin1');
  }
  return files;
}

const dataVersion = { counter: 2, stateVersion: 0, timestamp: 1_700_000_000_000 };
const topics = Object.fromEntries(
  ['StoreA', 'StoreB'].map((topicName) => [topicName, { topicName, readQueueNums: 4, writeQueueNums: 4, perm: 6 }]),
);

describe('a group that begins with the store of a plain master (raft/SAFETY.md 9)', () => {
  it('has every old message, offset and topic on each member, replicates new ones, and loses nothing with a member', async () => {
    const group = await DledgerWorld.create();
    const old = await leaveStore(group, 120);
    await seeded(group);
    const fresh = Array.from({ length: 20 }, (_, n) => `new ${n}`);
    await send(group, fresh);
    await group.untilEqual();
    const sent = [...old, ...fresh].sort();
    const all: StoredRecord[][] = [];
    for (const name of group.names) all.push(await pullAll(group, name, 'Orders'));
    const [first, ...others] = all;
    expect(first!.map(({ body }) => body.toString()).sort()).toEqual(sent);
    for (const other of others) expect(other.map(place)).toEqual(first!.map(place));
    const [log, ...logs] = group.names.map((name) => group.logBytes(name));
    for (const other of logs) expect(other.equals(log!)).toBe(true);
    group.kill('n0', { machine: true });
    await group.untilServing();
    await send(group, ['last']);
    expect((await group.readAll('Orders')).map(({ body }) => body.toString()).sort()).toEqual([...sent, 'last'].sort());
    for (const name of ['n1', 'n2'] as const) {
      const { offsets } = group.broker(name).parts.data.state;
      expect(offsets.committedEntries().filter(([key]) => key === 'Orders@reader')).toEqual([['Orders@reader', [7]]]);
    }
    expect(group.fatal).toEqual([]);
  });

  it.each(['4.9.5', '5.3.3'])('takes over the directory of RocketMQ %s as it is', async (version) => {
    const golden = goldenStore(version);
    const group = await DledgerWorld.create();
    const { disk } = group.platform('n0');
    unpack(golden, disk);
    // The recorded directories have no configuration.
    disk.makeDirectory(`${OLD}/config`);
    disk.replaceFile(
      `${OLD}/config/topics.json`,
      Buffer.from(JSON.stringify({ dataVersion, topicConfigTable: topics })),
    );
    const before = content(disk, `${OLD}/commitlog`);
    await seeded(group);
    for (const name of group.names) {
      const all = [...(await pullAll(group, name, 'StoreA')), ...(await pullAll(group, name, 'StoreB'))];
      expect(all.map(place).sort()).toEqual(golden.messages.map(place).sort());
      const bodies = new Map(golden.messages.map((message) => [place(message), message.bodyBase64]));
      for (const message of all) {
        if ((message.sysFlag & 1) === 0) expect(message.body.toString('base64')).toBe(bodies.get(place(message)));
      }
    }
    expect(content(group.platform('n0').disk, `${OLD}/commitlog`)).toEqual(before);
  });

  it('begins anew where it was interrupted, and never twice', async () => {
    const group = await DledgerWorld.create();
    const old = await leaveStore(group, 60);
    for (const path of ['dledger-n0.seeding/data', 'dledger-n0.seeding/snapshots', 'dledger-n0.seeding/hardstate']) {
      group.world.disk('n0').fail({ operation: 'sync', code: 'EIO', path });
      await expect(seed(group)).rejects.toThrow('EIO');
      group.kill('n0', { machine: true });
      expect(group.platform('n0').disk.exists('/store/dledger-n0')).toBe(false);
    }
    await seed(group);
    await expect(seed(group)).rejects.toThrow('holds a member already. Start it without --seed-from');
    await group.start('n0');
    await group.untilServing();
    expect((await pullAll(group, 'n0', 'Orders')).map(({ body }) => body.toString()).sort()).toEqual([...old].sort());
  });

  it('refuses a start without --seed-from where it was interrupted, and changes nothing; one without the folder holds nothing', async () => {
    const group = await DledgerWorld.create();
    await leaveStore(group, 3);
    group.world.disk('n0').fail({ operation: 'sync', code: 'EIO', path: 'dledger-n0.seeding/hardstate' });
    await expect(seed(group)).rejects.toThrow('EIO');
    group.kill('n0');
    const { disk } = group.platform('n0');
    const before = content(disk, '/store');
    await expect(group.start('n0')).rejects.toThrow(
      'a start with --seed-from did not end, and left /store/dledger-n0.seeding',
    );
    expect(content(disk, '/store')).toEqual(before);
    expect(Object.keys(before).length).toBeGreaterThan(2);
    disk.removeTree('/store/dledger-n0.seeding');
    await group.start('n0');
    expect(disk.exists('/store/dledger-n0/hardstate')).toBe(true);
  });

  it('keeps what it has over a restart, with and without a snapshot of its own', async () => {
    const group = await DledgerWorld.create();
    const old = await leaveStore(group, 60);
    await seed(group);
    for (const end of ['kill', 'stop', 'kill'] as const) {
      await group.start('n0');
      await group.untilServing();
      expect((await pullAll(group, 'n0', 'Orders')).length).toBe(old.length);
      if (end === 'kill') group.kill('n0', { machine: true });
      else await group.stop('n0');
    }
  });

  it('refuses what is no store of a plain master with one sentence', async () => {
    const group = await DledgerWorld.create();
    await expect(seed(group)).rejects.toThrow('--seed-from /old/store: /old/store/commitlog holds no messages');
    await leaveStore(group, 3);
    const { disk } = group.platform('n0');
    disk.replaceFile(`${OLD}/epochFileCheckpoint`, Buffer.from('0\n0\n'));
    await expect(seed(group)).rejects.toThrow('the store of a broker in Controller mode');
    disk.remove(`${OLD}/epochFileCheckpoint`);
    const own = { ...group.config('n0'), storePathRootDir: OLD };
    await expect(seedGroup(group.platform('n0'), own, OLD)).rejects.toThrow("the member's own storePathRootDir");
    const lock = disk.lock(OLD);
    await expect(seed(group)).rejects.toThrow('is in use by another process');
    lock?.release();
    const narrow = { ...group.config('n0'), mappedFileSizeCommitLog: 512 };
    await expect(group.world.settle(seedGroup(group.platform('n0'), narrow, OLD))).rejects.toThrow(
      'which needs larger files',
    );
    expect(disk.exists('/store/dledger-n0')).toBe(false);
  });
});

function unpack({ files }: GoldenStore, disk: Disk): void {
  for (const [path, { size, base64 }] of Object.entries(files)) {
    disk.makeDirectory(posix.dirname(`${OLD}/${path}`));
    const file = disk.open(`${OLD}/${path}`, { create: true });
    file.writeSync(Buffer.from(base64, 'base64'), 0);
    file.truncateSync(size);
    file.syncNow();
    file.close();
  }
}
