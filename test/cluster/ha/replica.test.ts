import { describe, expect, it } from 'vitest';
import { BrokerClient } from '../../../src/client/broker-client.ts';
import { deleteTopicInBroker } from '../../../src/protocol/command/delete-topic-in-broker.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { appendAlone, send, TOPIC } from './replica-load.ts';
import { ReplicaWorld } from './replica-world.ts';
import { sendUnwaited } from './send-unwaited.ts';

const bodies = async (world: ReplicaWorld) => (await world.readAll(TOPIC)).map(({ body }) => body.toString());

describe('a replica set of Controller mode', () => {
  it('takes in a broker with an empty store after the master has deleted files, which then leads with all offsets', async () => {
    const set = await ReplicaWorld.create();
    for (const name of ['b1', 'b2'] as const) await set.start(name);
    await set.elect('b1');
    await set.until(() => set.set.brokerIds.length === 2);
    const producer = await set.producer('idle');
    const idle = { topic: 'Idle', body: 'i' };
    for (let n = 0; n < 8; n++) await set.world.settle(producer.send(idle));
    const sent = await send(set, 500, 'm', 500);
    await set.untilEqual();
    for (const name of ['b1', 'b2'] as const) {
      const { log, store } = set.broker(name).parts;
      log.native.segments.deleteBefore(2 * 65_536);
      store.trim();
    }
    const kept = await bodies(set);
    expect(kept.length).toBeLessThan(sent.length);
    await set.back('b3');
    await set.until(() => set.set.brokerIds.length === 3);
    set.kill('b3');
    await set.back('b3');
    await set.untilEqual();
    await set.world.run(1_000);
    expect(set.logBytes('b3').equals(set.logBytes('b1'))).toBe(true);
    expect(set.broker('b3').parts.state.hash()).toBe(set.broker('b1').parts.state.hash());
    await set.elect('b3');
    set.kill('b1');
    set.kill('b2');
    await set.world.run(1_000);
    expect((await bodies(set)).sort()).toEqual(kept.sort());
    const offsets: number[] = [];
    for (let n = 0; n < 4; n++)
      offsets.push((await set.world.settle(producer.send(idle, { timeoutMs: 10_000 }))).queueOffset);
    expect(offsets).toEqual([2, 2, 2, 2]);
    expect(set.fatal).toEqual([]);
  });

  it('takes caught-up slaves into the set, and keeps the same bytes on all', async () => {
    const set = await ReplicaWorld.serving();
    expect(set.set.brokerIds).toEqual([1, 2, 3]);
    expect(await send(set, 200, 'm')).toHaveLength(200);
    await set.untilEqual();
    await set.world.run(1_000);
    expect(set.logBytes('b2').equals(set.logBytes('b1'))).toBe(true);
    expect(set.logBytes('b3').equals(set.logBytes('b1'))).toBe(true);
    const hashes = (['b1', 'b2', 'b3'] as const).map((name) => set.broker(name).parts.state.hash());
    expect(new Set(hashes).size).toBe(1);
  });

  it('loses nothing that was acknowledged when the master is killed; topics and offsets neither', async () => {
    const set = await ReplicaWorld.serving();
    const acknowledged = await send(set, 50, 'a');
    set.kill('b1', { machine: true });
    await set.elect('b2');
    acknowledged.push(...(await send(set, 50, 'b')));
    expect((await bodies(set)).sort()).toEqual(acknowledged.sort());
    await set.back('b1');
    await set.until(() => set.set.brokerIds.length === 3);
    await set.untilEqual();
    await set.world.run(1_000);
    expect(set.logBytes('b1').equals(set.logBytes('b2'))).toBe(true);
    expect(set.broker('b1').roles.epochs()).toEqual(set.broker('b2').roles.epochs());
  });

  it('cuts what a deposed master wrote alone, and acknowledged to nobody', async () => {
    const set = await ReplicaWorld.serving();
    const acknowledged = await send(set, 20, 'a');
    set.isolate('b1');
    appendAlone(set, 'b1', 30);
    await set.world.run(300);
    const before = set.broker('b1').roles.position();
    expect(before.maxPosition).toBeGreaterThan(before.confirmPosition);
    await set.elect('b3', ['b1']);
    acknowledged.push(...(await send(set, 20, 'b')));
    set.heal('b1');
    set.command('b1');
    await set.until(() => set.set.brokerIds.includes(1));
    await set.untilEqual();
    await set.world.run(1_000);
    expect(set.logBytes('b1').equals(set.logBytes('b3'))).toBe(true);
    expect((await bodies(set)).sort()).toEqual(acknowledged.sort());
  });

  it("cuts nothing of another cluster's data, whose epochs look the same", async () => {
    const set = await ReplicaWorld.create();
    await set.start('b2');
    await set.elect('b2');
    await send(set, 60, 'other');
    set.kill('b2');
    // The first of another cluster.
    set.masterEpoch = 0;
    await set.start('b1');
    await set.elect('b1');
    await send(set, 10, 'own');
    const before = set.logBytes('b2');
    await set.back('b2');
    await set.world.run(10_000);
    expect(set.logBytes('b2').equals(before)).toBe(true);
    expect(set.platform('b2').disk.exists('/store/ledgermq.cut')).toBe(false);
    expect(set.set.brokerIds).toEqual([1]);
  });

  it('acknowledges nothing on an isolated master, and shows nothing of it', async () => {
    const set = await ReplicaWorld.serving();
    set.grants = 'none';
    await send(set, 5, 'a');
    set.isolate('b1');
    expect(await send(set, 2, 'late')).toEqual([]);
    expect((await sendUnwaited(set, TOPIC)).code).not.toBe(0);
    const { log, node, store } = set.broker('b1').parts;
    expect(log.confirmedPosition).toBeLessThan(log.endPosition);
    expect(store.dispatchedPosition).toBe(log.confirmedPosition);
    const proven: boolean[] = [];
    node.confirmMaster((master) => proven.push(master));
    await set.world.run(5_000);
    expect(proven).toEqual([false]);
    node.confirmMaster((master) => proven.push(master));
    await set.elect('b2', ['b1']);
    set.command('b1');
    expect(proven).toEqual([false, false]);
    set.heal('b1');
    await set.untilEqual();
    expect((await bodies(set)).filter((body) => body.startsWith('late'))).toEqual([]);
  });

  describe('without allAckInSyncStateSet', () => {
    const conf = 'allAckInSyncStateSet=false\ninSyncReplicas=2\nhaMaxTimeSlaveNotCatchup=5000';
    /** Messages that consumers of the master may see. */
    const shown = (set: ReplicaWorld): number => {
      const { store } = set.broker('b1').parts;
      return store.queueIds(TOPIC).reduce((sum, queue) => sum + store.maxOffset(TOPIC, queue), 0);
    };

    it('acknowledges what inSyncReplicas brokers have, and shows it when all in sync have it', async () => {
      const set = await ReplicaWorld.serving(conf);
      await send(set, 3, 'a');
      set.world.fabric.cut('b1', 'b3');
      const from = set.world.nowMs;
      expect(await send(set, 3, 'b')).toHaveLength(3);
      expect(set.world.nowMs - from).toBeLessThan(1_000);
      expect(set.set.brokerIds).toContain(3);
      expect(shown(set)).toBe(3);
      await set.until(() => !set.set.brokerIds.includes(3));
      await set.world.run(100);
      expect(shown(set)).toBe(6);
      expect(await bodies(set)).toHaveLength(6);
    });

    it('answers FLUSH_SLAVE_TIMEOUT, and shows the message, while the set has fewer brokers than inSyncReplicas', async () => {
      const set = await ReplicaWorld.create(conf);
      await set.start('b1');
      await set.elect('b1');
      const producer = await set.producer('p');
      const from = set.world.nowMs;
      const alone = await set.world.settle(producer.send({ topic: TOPIC, body: 'alone' }, { timeoutMs: 5_000 }));
      expect(alone.status).toBe('FLUSH_SLAVE_TIMEOUT');
      // slaveTimeout
      expect(set.world.nowMs - from).toBeGreaterThanOrEqual(500);
      expect(await bodies(set)).toEqual(['alone']);
      expect((await sendUnwaited(set, TOPIC)).code).toBe(0);
      await set.back('b2');
      await set.until(() => set.set.brokerIds.length === 2);
      expect(await send(set, 2, 'both')).toHaveLength(2);
    });

    it('may lose that with a failover, and nobody has seen it then', async () => {
      const set = await ReplicaWorld.serving(conf);
      await send(set, 3, 'a');
      set.world.fabric.cut('b1', 'b3');
      expect(await send(set, 3, 'b')).toHaveLength(3);
      expect(shown(set)).toBe(3);
      set.kill('b1');
      set.kill('b2');
      await set.elect('b3');
      expect((await bodies(set)).sort()).toEqual(['a0', 'a1', 'a2']);
      set.world.fabric.heal('b1', 'b3');
      await set.back('b1');
      await set.untilEqual();
      expect((await bodies(set)).sort()).toEqual(['a0', 'a1', 'a2']);
    });

    it('answers who does not wait (WAIT=false) when the master has it', async () => {
      const set = await ReplicaWorld.serving(conf);
      await send(set, 1, 'a');
      set.isolate('b1');
      expect((await sendUnwaited(set, TOPIC)).code).toBe(0);
      expect(shown(set)).toBe(1);
    });
  });

  it('goes on without a dead slave as soon as the Controller has taken it out', async () => {
    const set = await ReplicaWorld.serving();
    await send(set, 5, 'a');
    set.kill('b3');
    expect(await send(set, 20, 'b')).toHaveLength(20);
    expect(set.set.brokerIds).toEqual([1, 2]);
  });

  it('requires a slave whose entry into the set has lost its reply (raft/SAFETY.md 10)', async () => {
    const set = await ReplicaWorld.create();
    await set.start('b1');
    await set.elect('b1');
    set.grants = 'reply-lost';
    await set.start('b2');
    set.command('b2');
    await set.until(() => set.set.brokerIds.includes(2));
    set.isolate('b2');
    expect(await send(set, 1, 'x')).toEqual([]);
    // So that whoever the Controller may elect now has everything that was acknowledged.
    set.broker('b1').roles.syncStateSetDecided(set.masterEpoch, set.set);
    set.grants = 'all';
    set.heal('b2');
    set.kill('b2');
    expect(await send(set, 3, 'y')).toHaveLength(3);
  });

  it('never takes a learner into the set', async () => {
    const set = await ReplicaWorld.create();
    await set.start('b1');
    await set.start('b2', 'asyncLearner=true');
    await set.elect('b1');
    expect(await send(set, 30, 'm')).toHaveLength(30);
    await set.untilEqual();
    expect(set.broker('b1').roles.replicas()).toMatchObject([{ brokerId: 2, learner: true, inSyncStateSet: false }]);
    expect(set.wishes).toEqual([]);
  });

  it('counts no slave for what it has not fsynced under SYNC_FLUSH, wherever its log goes on', async () => {
    const set = await ReplicaWorld.serving('flushDiskType=SYNC_FLUSH\n');
    set.world.disk('b3').latencyMs = 400;
    appendAlone(set, 'b1', 3);
    // Written by now, and not fsynced yet.
    await set.world.run(600);
    await set.elect('b2');
    const b3 = () =>
      set
        .broker('b2')
        .roles.replicas()
        .find(({ brokerId }) => brokerId === 3);
    await set.until(() => b3() !== undefined);
    expect(b3()?.lag).toBeGreaterThan(0);
    expect(set.set.brokerIds).not.toContain(3);
    await set.until(() => set.set.brokerIds.length === 3);
    expect(b3()?.lag).toBe(0);
  });

  it('does not go on in an epoch of its own after a start: it may have lost what slaves have of it', async () => {
    const set = await ReplicaWorld.serving();
    await send(set, 5, 'a');
    set.kill('b1');
    await set.start('b1');
    const { roles } = set.broker('b1');
    expect(roles.becomeMaster({ masterEpoch: 1, syncStateSet: set.set })).toBe(false);
    expect(roles.position().role).toBe('fenced');
    await set.elect('b1');
    await set.until(() => set.set.brokerIds.length === 3);
    expect(roles.position()).toMatchObject({ role: 'master', masterEpoch: 2 });
  });

  it('tells the newest epoch that it began, or still may begin, when it renounces others', async () => {
    const set = await ReplicaWorld.serving();
    const [b1, b2] = [set.broker('b1').roles, set.broker('b2').roles];
    expect(b1.renounce(1)).toBe(1);
    expect(b2.renounce(3)).toBe(0);
    const syncStateSet = { brokerIds: [2], setEpoch: 9 };
    expect(b2.becomeMaster({ masterEpoch: 3, syncStateSet })).toBe(false);
    expect(b2.becomeMaster({ masterEpoch: 4, syncStateSet })).toBe(true);
    // Nothing is noted yet, but nothing keeps it from going on any more.
    expect(b2.renounce(5)).toBe(4);
  });

  it('stops where the disk does not take the epoch of a new master', async () => {
    const set = await ReplicaWorld.serving();
    set.world.disk('b2').fail({ operation: 'sync', code: 'EIO', path: 'epochFile' });
    set.broker('b2').roles.becomeMaster({ masterEpoch: 2, syncStateSet: { brokerIds: [2], setEpoch: 9 } });
    await set.world.run(100);
    expect(set.fatal.join()).toContain('b2: EIO');
    expect(set.broker('b2').broker.status().serving).toBe(false);
  });

  it('does not call a topic removed that it does not have while it is cut off: another master may have made it', async () => {
    const set = await ReplicaWorld.serving();
    const remoting = new RemotingClient({ platform: set.client });
    const remove = () =>
      new BrokerClient(remoting).request(deleteTopicInBroker, set.address('b1'), { topic: 'Elsewhere' }, undefined, {
        timeoutMs: 1_000,
      });
    await set.world.settle(remove());
    set.isolate('b1');
    await expect(set.world.settle(remove())).rejects.toThrow();
    remoting.close();
  });

  it('refuses older commands, and appends nothing without a role', async () => {
    const set = await ReplicaWorld.serving();
    const { roles } = set.broker('b2');
    expect(roles.becomeMaster({ masterEpoch: 0, syncStateSet: { brokerIds: [2], setEpoch: 9 } })).toBe(false);
    expect(roles.becomeMaster({ masterEpoch: 1, syncStateSet: { brokerIds: [2], setEpoch: 9 } })).toBe(false);
    expect(roles.position().role).toBe('slave');
    expect(roles.becomeMaster({ masterEpoch: 5, syncStateSet: { brokerIds: [2], setEpoch: 9 } })).toBe(true);
    await set.world.run(100);
    expect(set.broker('b2').broker.status().serving).toBe(true);
    expect(roles.becomeSlave({ masterEpoch: 5, masterBrokerId: 1, masterAddress: set.address('b1') })).toBe(false);
    roles.becomeFenced('no controller answers');
    expect(set.broker('b2').parts.store.refusal()?.text).toContain('no controller answers');
  });

  it('is in doubt after a power failure under ASYNC_FLUSH until it has caught up, over further starts', async () => {
    const set = await ReplicaWorld.serving();
    await send(set, 20, 'a');
    set.kill('b3');
    await set.start('b3');
    expect(set.broker('b3').roles.inDoubt).toBe(false);
    set.kill('b3', { machine: true });
    await set.start('b3');
    expect(set.broker('b3').roles.inDoubt).toBe(true);
    set.kill('b3');
    await set.start('b3');
    expect(set.broker('b3').roles.inDoubt).toBe(true);
    set.command('b3');
    await set.until(() => !set.broker('b3').roles.inDoubt);
    await set.untilEqual();
  });
});

describe('a cut', () => {
  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'survives a crash of the machine at any moment (seed %i)',
    async (seed) => {
      const set = await ReplicaWorld.serving('', seed + 1);
      const acknowledged = await send(set, 10, 'a');
      set.isolate('b1');
      appendAlone(set, 'b1', 200);
      await set.world.run(1_000);
      await set.elect('b2', ['b1']);
      acknowledged.push(...(await send(set, 10, 'b')));
      set.heal('b1');
      set.command('b1');
      await set.world.run(seed * 0.2);
      set.kill('b1', { machine: true, unsynced: 'random' });
      await set.back('b1');
      await set.until(() => set.set.brokerIds.includes(1));
      await set.untilEqual();
      await set.world.run(1_000);
      expect(set.logBytes('b1').equals(set.logBytes('b2'))).toBe(true);
      expect((await bodies(set)).sort()).toEqual(acknowledged.sort());
      expect(set.fatal).toEqual([]);
    },
  );
});
