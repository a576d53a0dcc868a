import { describe, expect, it } from 'vitest';
import type { SetBroker } from '../../../cluster/ha/set-broker.ts';
import { groupConfig } from '../../../src/broker/group/group-config.ts';
import type { StateChange } from '../../../src/broker/state/state-change.ts';
import { type ReplicaName, ReplicaWorld } from './replica-world.ts';

const TOPIC = 'Orders';
const GROUP = 'readers';

async function send(world: ReplicaWorld, count: number, prefix: string): Promise<string[]> {
  const producer = await world.producer(`p-${prefix}`);
  const sent: string[] = [];
  for (let n = 0; n < count; n++) {
    await world.world.settle(producer.send({ topic: TOPIC, body: `${prefix}${n}` }, { timeoutMs: 10_000 }));
    sent.push(`${prefix}${n}`);
  }
  await world.world.settle(producer.close());
  return sent;
}

const bodies = async (world: ReplicaWorld) => (await world.readAll(TOPIC)).map(({ body }) => body.toString()).sort();

/** What is in the files of a plain broker beside its messages. */
function changes(plain: SetBroker): StateChange[] {
  const { dataVersion } = plain.parts.state.groups;
  return [
    { type: 'group-put', config: groupConfig(GROUP), dataVersion },
    { type: 'offsets-put', offsets: [{ group: GROUP, topic: TOPIC, queueId: 2, offset: 3 }] },
  ];
}

/** b1 has the directory of a plain master with so many messages. */
async function afterPlainMaster(seed = 1): Promise<{ set: ReplicaWorld; sent: string[] }> {
  const set = await ReplicaWorld.create('', seed);
  const sent: string[] = [];
  await set.asPlain('b1', 'brokerRole=ASYNC_MASTER', async (plain) => {
    sent.push(...(await send(set, 30, 'plain')));
    plain.parts.journal.append(changes(plain));
    // A delayed message is delivered, and its level's progress with it.
    const producer = await set.producer('delayed');
    await set.world.settle(producer.send({ topic: TOPIC, body: 'delayed', delayLevel: 1 }));
    await set.world.run(3_000);
    sent.push('delayed');
    await set.world.settle(producer.close());
  });
  return { set, sent };
}

function expectState(set: ReplicaWorld, name: ReplicaName): void {
  const { state } = set.broker(name).parts;
  expect(state.topics.get(TOPIC)).toBeDefined();
  expect(state.groups.get(GROUP)).toBeDefined();
  expect(state.offsets.get(GROUP, TOPIC, 2)).toBe(3);
  expect(state.delays.nextOffset(1)).toBe(1);
}

describe('the directory of a plain master in Controller mode', () => {
  it('gives topics, groups, offsets and delay progress to every slave, and keeps them over a switch', async () => {
    const { set, sent } = await afterPlainMaster();
    for (const name of ['b1', 'b2', 'b3'] as const) await set.start(name);
    await set.elect('b1');
    await set.until(() => set.set.brokerIds.length === 3);
    await set.untilEqual();
    await set.world.run(1_000);
    const hashes = (['b1', 'b2', 'b3'] as const).map((name) => set.broker(name).parts.state.hash());
    expect(new Set(hashes).size).toBe(1);
    set.kill('b1');
    await set.elect('b2');
    expectState(set, 'b2');
    expect(await bodies(set)).toEqual(sent.toSorted());
    sent.push(...(await send(set, 10, 'later')));
    await set.back('b1');
    await set.until(() => set.set.brokerIds.length === 3);
    expectState(set, 'b1');
    expect(await bodies(set)).toEqual(sent.toSorted());
    expect(set.fatal).toEqual([]);
  });

  it('puts them into the log once', async () => {
    const { set } = await afterPlainMaster();
    await set.start('b1');
    await set.elect('b1');
    await set.world.run(100);
    const { maxPosition } = set.broker('b1').roles.position();
    await set.stop('b1');
    await set.start('b1');
    await set.elect('b1');
    expect(set.broker('b1').roles.position()).toMatchObject({ maxPosition, confirmPosition: maxPosition });
    expectState(set, 'b1');
  });

  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'loses none of it where the machine crashes while they come into the log (seed %i)',
    async (seed) => {
      const { set, sent } = await afterPlainMaster(seed + 1);
      await set.start('b1');
      set.masterEpoch = 1;
      const syncStateSet = { brokerIds: [1], setEpoch: 1 };
      set.broker('b1').roles.becomeMaster({ masterEpoch: 1, syncStateSet });
      await set.world.run(seed * 0.4);
      set.kill('b1', { machine: true, unsynced: 'random' });
      for (const name of ['b1', 'b2'] as const) await set.start(name);
      await set.elect('b1');
      await set.until(() => set.set.brokerIds.length === 2);
      set.kill('b1');
      await set.elect('b2');
      expectState(set, 'b2');
      expect(await bodies(set)).toEqual(sent.toSorted());
    },
  );

  it('lets nobody into the set before it is known for ever that the log tells them', async () => {
    const { set } = await afterPlainMaster();
    for (const name of ['b1', 'b2'] as const) await set.start(name);
    set.world.disk('b1').latencyMs = 2_000;
    Object.assign(set, { master: 'b1', masterEpoch: 1, set: { brokerIds: [1], setEpoch: 1 } });
    for (const name of ['b1', 'b2'] as const) set.command(name);
    await set.until(() => set.set.brokerIds.length === 2);
    const noted = set.platform('b1').disk.readFile('/store/ledgermq.boot')?.toString() ?? '';
    expect(JSON.parse(noted)).toMatchObject({ stateAdopted: false });
  });

  it('is not given up without a word where another one was elected first', async () => {
    const { set } = await afterPlainMaster();
    for (const name of ['b1', 'b2'] as const) await set.start(name);
    const before = set.logBytes('b1');
    await set.elect('b2');
    await set.world.run(12_000);
    const told = set.platform('b1').logger.lines.filter(({ message }) => message.includes('does not follow'));
    expect(told).toHaveLength(1);
    expect(told[0]?.fields['reason']).toMatch(
      /nothing was changed; start it with an empty storePathRootDir.*to keep it, stop all brokers, empty the storePathRootDir of the others instead, and start this one before them/,
    );
    expect(set.logBytes('b1').equals(before)).toBe(true);
  });

  it('has a slave that was one before take what the master tells, and nothing of its own copy', async () => {
    const { set, sent } = await afterPlainMaster();
    await set.asPlain('b1', 'brokerRole=ASYNC_MASTER', async () => {
      const follows = `brokerRole=SLAVE\nbrokerId=1\nhaMasterAddress=${set.platform('b1').network.localAddresses()[0]}:10912`;
      await set.asPlain('b2', follows, async (plain) => {
        const { parts } = plain;
        await set.until(() => plain.status().following && parts.state.groups.get(GROUP) !== undefined);
        await set.world.run(2_000);
        const config = groupConfig('removed-since');
        parts.journal.append([{ type: 'group-put', config, dataVersion: parts.state.groups.dataVersion }]);
      });
    });
    for (const name of ['b1', 'b2'] as const) await set.start(name);
    expect(set.broker('b2').parts.state.groups.get('removed-since')).toBeDefined();
    await set.elect('b1');
    await set.until(() => set.set.brokerIds.length === 2);
    await set.untilEqual();
    await set.world.run(100);
    for (let again = 0; again < 2; again++) {
      expectState(set, 'b2');
      expect(set.broker('b2').parts.state.hash()).toBe(set.broker('b1').parts.state.hash());
      set.kill('b2');
      await set.back('b2');
      await set.untilEqual();
      await set.world.run(100);
    }
    expect(await bodies(set)).toEqual(sent.toSorted());
  });
});
