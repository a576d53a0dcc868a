import { describe, expect, it } from 'vitest';
import { getMaxOffset } from '../../../src/protocol/command/get-max-offset.ts';
import { pullMessage } from '../../../src/protocol/command/pull-message.ts';
import { queryConsumerOffset } from '../../../src/protocol/command/query-consumer-offset.ts';
import { sendMessage } from '../../../src/protocol/command/send-message.ts';
import { updateConsumerOffset } from '../../../src/protocol/command/update-consumer-offset.ts';
import { SetWorld } from './set-world.ts';

const TOPIC = 'Orders';
const SEND_HEADER = {
  producerGroup: 'p',
  defaultTopic: 'TBW102',
  defaultTopicQueueNums: 4,
  queueId: 0,
  sysFlag: 0,
  bornTimestamp: 1,
  flag: 0,
};

async function send(set: SetWorld, count: number, prefix = 'm', bytes = 1): Promise<string[]> {
  const producer = await set.producer(`p-${prefix}`);
  const statuses: string[] = [];
  for (let n = 0; n < count; n++) {
    const result = await set.world.settle(producer.send({ topic: TOPIC, body: `${prefix}${n}`.padEnd(bytes) }));
    statuses.push(result.status);
  }
  await set.world.settle(producer.close());
  return statuses;
}

const bodies = async (set: SetWorld) => (await set.readAll(TOPIC)).map(({ body }) => body.toString().trim()).sort();
const names = (count: number, prefix = 'm') => Array.from({ length: count }, (_, n) => `${prefix}${n}`).sort();

describe('a master/slave set', () => {
  it('keeps the same bytes at the same places, over ends of files, and serves them when the master is gone', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER');
    expect(new Set(await send(set, 300, 'm', 500))).toEqual(new Set(['SEND_OK']));
    await set.world.run(3_000);
    expect(set.logBytes('a').length).toBeGreaterThan(65_536);
    expect(set.logBytes('a-s').equals(set.logBytes('a'))).toBe(true);
    set.kill('a');
    await set.world.run(1_000);
    expect(await bodies(set)).toEqual(names(300));
  });
});

describe('our client', () => {
  it('asks a slave once in half a minute whether it takes messages, and sends what is left to other masters', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER');
    await set.start('b', 'brokerRole=ASYNC_MASTER\nbrokerName=broker-b');
    const producer = await set.producer();
    for (let n = 0; n < 16; n++) await set.world.settle(producer.send({ topic: TOPIC, body: 'before' }));
    const asked: string[] = [];
    producer.on('send-retry', ({ address }) => asked.push(address));
    set.kill('a');
    for (let n = 0; n < 100; n++) {
      const { status, queue } = await set.world.settle(producer.send({ topic: TOPIC, body: 'after' }));
      expect([status, queue.brokerName]).toEqual(['SEND_OK', 'broker-b']);
      await set.world.run(100);
    }
    expect(asked.filter((address) => address === set.address('a-s'))).toHaveLength(1);
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    // The next look at the route.
    await set.world.run(31_000);
    const names = new Set<string>();
    for (let n = 0; n < 16; n++)
      names.add((await set.world.settle(producer.send({ topic: TOPIC, body: 'c' }))).queue.brokerName);
    expect([...names].sort()).toEqual(['broker-a', 'broker-b']);
    await set.world.settle(producer.close());
  });
});

describe('a slave', () => {
  it('with an empty store begins where the log of its master begins, and knows the queues whose messages are gone', async () => {
    const set = await SetWorld.create();
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    const producer = await set.producer();
    for (let n = 0; n < 9; n++) await set.world.settle(producer.send({ topic: 'Idle', body: 'i' }));
    await send(set, 400, 'm', 500);
    const { log, store } = set.parts('a');
    log.native.segments.deleteBefore(2 * 65_536);
    store.trim();
    const kept = await bodies(set);
    expect(kept.length).toBeLessThan(400);
    const idle = ['a', 'a-s'].map(
      (name) => () => [0, 1, 2, 3].map((queueId) => set.parts(name).store.maxOffset('Idle', queueId)),
    );
    await set.start('a-s', 'brokerRole=SLAVE\nbrokerId=1');
    await set.untilEqual();
    await set.world.run(3_000);
    expect(set.parts('a-s').store.minPosition).toBe(2 * 65_536);
    expect(set.logBytes('a-s').equals(set.logBytes('a'))).toBe(true);
    expect(idle[1]!()).toEqual(idle[0]!());
    expect(set.state('a-s').hash()).toBe(set.state('a').hash());
    set.kill('a-s');
    await set.start('a-s', 'brokerRole=SLAVE\nbrokerId=1');
    await set.until(() => set.broker('a-s').status().following);
    expect(idle[1]!()).toEqual(idle[0]!());
    set.kill('a');
    await set.world.run(1_000);
    expect(await bodies(set)).toEqual(kept);
    expect(set.fatal).toEqual([]);
  });

  it('takes over topics, groups, offsets and delay progress, and the removal of a topic', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER');
    await send(set, 20);
    const row = { consumerGroup: 'readers', topic: TOPIC, queueId: 0, commitOffset: 3 };
    await set.ask('a', updateConsumerOffset, row);
    await set.world.run(3_000);
    const hashes = ['a', 'a-s'].map((name) => set.state(name).hash());
    expect(hashes[1]).toBe(hashes[0]);
    expect(set.state('a-s').offsets.get('readers', TOPIC, 0)).toBe(3);
    const { state, store } = set.parts('a');
    set
      .parts('a')
      .journal.append([{ type: 'topic-delete', topic: TOPIC, dataVersion: state.topics.nextVersion(0, 5) }]);
    await set.world.run(3_000);
    expect(store.topics()).not.toContain(TOPIC);
    expect(set.parts('a-s').store.topics()).not.toContain(TOPIC);
    expect(set.state('a-s').topics.get(TOPIC)).toBeUndefined();
    await set.stop('a-s');
    const again = await set.start('a-s', 'brokerRole=SLAVE\nbrokerId=1');
    expect(again.status().role).toBe('slave');
    const contents = (name: string) =>
      set
        .state(name)
        .export()
        .map(({ content }) => JSON.parse(content.toString()));
    expect(contents('a-s')).toEqual(contents('a'));
  });

  it('goes on at its own end after a crash of either, and of a machine', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER');
    await send(set, 50, 'a', 700);
    set.kill('a-s');
    await send(set, 100, 'b', 700);
    await set.start('a-s', 'brokerRole=SLAVE\nbrokerId=1');
    await set.untilEqual();
    set.kill('a');
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    await send(set, 50, 'c', 700);
    set.kill('a-s', { machine: true });
    await set.start('a-s', 'brokerRole=SLAVE\nbrokerId=1');
    await set.untilEqual();
    await set.world.run(2_000);
    expect(set.logBytes('a-s').equals(set.logBytes('a'))).toBe(true);
    set.kill('a');
    await set.world.run(1_000);
    expect(await bodies(set)).toHaveLength(200);
  });

  it('catches up from the files with what has left memory', async () => {
    const set = await SetWorld.create();
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    await send(set, 30, 'a', 300_000 / 100);
    await set.stop('a');
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    await set.start('a-s', 'brokerRole=SLAVE\nbrokerId=1');
    await set.untilEqual();
    await set.world.run(2_000);
    expect(set.logBytes('a-s').equals(set.logBytes('a'))).toBe(true);
  });

  it('refuses sends, and hands on what else changes state', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER');
    await send(set, 1);
    await set.world.run(2_000);
    const refused = await set.ask('a-s', sendMessage, { ...SEND_HEADER, topic: TOPIC }, Buffer.from('x'));
    expect(refused.code).toBe(14);
    const row = { consumerGroup: 'readers', topic: TOPIC, queueId: 0, commitOffset: 1 };
    const updated = await set.ask('a-s', updateConsumerOffset, row);
    expect([updated.code, set.state('a').offsets.get('readers', TOPIC, 0)]).toEqual([0, 1]);
    const asked = await set.ask('a-s', queryConsumerOffset, { consumerGroup: 'readers', topic: TOPIC, queueId: 0 });
    expect(asked.extFields['offset']).toBe('1');
  });

  it('answers from its copy while its master cannot be reached', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER');
    await send(set, 40);
    const row = { consumerGroup: 'readers', topic: TOPIC, queueId: 0, commitOffset: 2 };
    await set.ask('a', updateConsumerOffset, row);
    await set.world.run(3_000);
    set.kill('a');
    await set.world.run(1_000);
    const asked = await set.ask('a-s', queryConsumerOffset, { consumerGroup: 'readers', topic: TOPIC, queueId: 0 });
    expect([asked.code, asked.extFields['offset']]).toEqual([0, '2']);
    const changed = await set.ask('a-s', updateConsumerOffset, row);
    expect(changed.code).toBe(14);
  });
});

describe('a reader that is far behind', () => {
  it('is sent to the slave where slaveReadEnable says so, and back when it has caught up', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER', 'slaveReadEnable=true\nmachineMemoryBytes=10000');
    await send(set, 200, 'm', 400);
    await set.world.run(2_000);
    const max = Number((await set.ask('a', getMaxOffset, { topic: TOPIC, queueId: 0 })).extFields['offset']);
    const pull = async (name: string, queueOffset: number) => {
      const place = { consumerGroup: 'readers', topic: TOPIC, queueId: 0, queueOffset, maxMsgNums: 1 };
      const rest = { sysFlag: 4, commitOffset: 0, suspendTimeoutMillis: 0, subVersion: 0, subscription: '*' };
      return (await set.ask(name, pullMessage, { ...place, ...rest })).extFields['suggestWhichBrokerId'];
    };
    expect([await pull('a', 0), await pull('a-s', 0)]).toEqual(['1', '1']);
    expect([await pull('a', max - 1), await pull('a-s', max - 1)]).toEqual(['0', '0']);
    const plain = await SetWorld.pair('ASYNC_MASTER', 'machineMemoryBytes=1');
    await send(plain, 20);
    const answer = await plain.ask('a', pullMessage, {
      ...{ consumerGroup: 'readers', topic: TOPIC, queueId: 0, queueOffset: 0, maxMsgNums: 1, sysFlag: 4 },
      ...{ commitOffset: 0, suspendTimeoutMillis: 0, subVersion: 0, subscription: '*' },
    });
    expect(answer.extFields['suggestWhichBrokerId']).toBe('0');
  });
});

describe('a slave that starts before its master', () => {
  it('finds it soon', async () => {
    const set = await SetWorld.create();
    await set.start('a-s', 'brokerRole=SLAVE\nbrokerId=1');
    await set.world.run(5_000);
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    await set.until(() => set.broker('a-s').status().following, 2_500);
  });
});

describe('a slave that does not belong here', () => {
  async function stranger(conf: string): Promise<[SetWorld, Buffer]> {
    const set = await SetWorld.create();
    await set.start('a-s', 'brokerRole=ASYNC_MASTER');
    await send(set, 20, 'other');
    await set.stop('a-s');
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    await send(set, 40);
    const before = set.logBytes('a-s');
    await set.start('a-s', `brokerRole=SLAVE\nbrokerId=1\n${conf}`);
    await set.world.run(12_000);
    return [set, before];
  }

  it.each([
    ['another history', '', /it has another history, or another cluster's data; nothing was changed/],
    [
      'another cluster',
      'brokerClusterName=Other\nhaMasterAddress=a:10912',
      /the master of DefaultCluster\/broker-a, but the slave belongs to Other/,
    ],
  ])('(%s) hears one sentence, and nothing of it is overwritten', async (_what, conf, sentence) => {
    const [set, before] = await stranger(conf);
    expect(set.broker('a-s').status().problem).toMatch(sentence);
    expect(set.platform('a-s').logger.lines.filter(({ message }) => message.includes('does not follow'))).toHaveLength(
      1,
    );
    expect(set.logBytes('a-s').equals(before)).toBe(true);
  });

  it('because it has more than the master keeps what it has', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER');
    await send(set, 30);
    await set.world.run(1_000);
    await set.stop('a-s');
    const before = set.logBytes('a-s');
    await set.stop('a');
    set.platform('a').disk.removeTree('/store');
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    await set.start('a-s', 'brokerRole=SLAVE\nbrokerId=1');
    await set.world.run(3_000);
    expect(set.broker('a-s').status().problem).toMatch(/it holds what this master does not have/);
    expect(set.logBytes('a-s').equals(before)).toBe(true);
  });

  it.each(['ns:9876', 'a:10911'])(
    'to whom haMasterAddress names another port (%s) hears which it must be',
    async (port) => {
      const set = await SetWorld.create();
      await set.start('a', 'brokerRole=ASYNC_MASTER');
      await set.start('a-s', `brokerRole=SLAVE\nbrokerId=1\nhaMasterAddress=${port}`);
      await set.world.run(3_000);
      expect(set.broker('a-s').status().problem).toBe(
        `${port}: it closed the connection; haMasterAddress must be the HA port of a master, its haListenPort (by default listenPort + 1), not a broker's port for clients or that of a name server`,
      );
    },
  );

  it('because of its brokerId hears whose it is', async () => {
    const set = await SetWorld.pair('ASYNC_MASTER');
    await set.start('other', 'brokerRole=SLAVE\nbrokerId=1');
    await set.world.run(3_000);
    expect(set.broker('other').status().problem).toMatch(
      /brokerId=1: 10\.0\.0\.4:10911 follows this master under the same id/,
    );
    expect(set.broker('a-s').status().following).toBe(true);
  });
});

describe('two masters of one set', () => {
  it('the second one does not start', async () => {
    const set = await SetWorld.create();
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    await set.world.run(500);
    await expect(set.start('b', 'brokerRole=SYNC_MASTER')).rejects.toThrow(
      'brokerName=broker-a: 10.0.0.3:10911 is the master of this set already',
    );
    set.kill('a');
    await set.start('b', 'brokerRole=SYNC_MASTER');
  });

  it('that were started at once are told of each other', async () => {
    const set = await SetWorld.create();
    set.world.fabric.cut('b', 'ns');
    await set.start('a', 'brokerRole=ASYNC_MASTER');
    await set.start('b', 'brokerRole=ASYNC_MASTER');
    set.world.fabric.heal('b', 'ns');
    await set.world.run(70_000);
    const lines = ['a', 'b'].flatMap((name) => set.platform(name).logger.lines.map(({ message }) => message));
    expect(lines.filter((line) => line.includes('is the master of this set already')).length).toBeGreaterThan(0);
  });
});

describe('SYNC_MASTER', () => {
  it('answers SEND_OK when a slave has the message', async () => {
    const set = await SetWorld.pair('SYNC_MASTER');
    expect(new Set(await send(set, 100))).toEqual(new Set(['SEND_OK']));
    set.kill('a');
    await set.world.run(1_000);
    expect(await bodies(set)).toEqual(names(100));
  });

  it('answers SLAVE_NOT_AVAILABLE without a slave, and keeps the message', async () => {
    const set = await SetWorld.create();
    await set.start('a', 'brokerRole=SYNC_MASTER');
    expect(await send(set, 2)).toEqual(['SLAVE_NOT_AVAILABLE', 'SLAVE_NOT_AVAILABLE']);
    expect(await bodies(set)).toEqual(names(2));
  });

  for (const mode of ['ASYNC_FLUSH', 'SYNC_FLUSH']) {
    it(`answers with 0 who does not wait (WAIT=false) when it has the message, without a slave too (${mode})`, async () => {
      const set = await SetWorld.create();
      await set.start('a', `brokerRole=SYNC_MASTER\nflushDiskType=${mode}`);
      await send(set, 1);
      const header = { ...SEND_HEADER, topic: TOPIC, properties: 'WAIT\u0001false\u0002' };
      const answer = await set.ask('a', sendMessage, header, Buffer.from('quick'));
      expect([answer.code, answer.remark ?? '']).toEqual([0, '']);
      expect(await bodies(set)).toContain('quick');
    });
  }

  it('answers FLUSH_SLAVE_TIMEOUT where the slave takes too long, but not to those that do not wait', async () => {
    const set = await SetWorld.pair('SYNC_MASTER', 'slaveTimeout=500');
    await send(set, 1);
    set.world.fabric.cut('a', 'a-s');
    const producer = await set.producer();
    const from = set.world.nowMs;
    const header = { ...SEND_HEADER, topic: TOPIC, properties: 'WAIT\u0001false\u0002' };
    const quick = await set.ask('a', sendMessage, header, Buffer.from('quick'));
    expect([quick.code, set.world.nowMs - from < 500]).toEqual([0, true]);
    const late = await set.world.settle(producer.send({ topic: TOPIC, body: 'late' }, { timeoutMs: 5_000 }));
    expect(late.status).toBe('FLUSH_SLAVE_TIMEOUT');
    expect(set.world.nowMs - from).toBeGreaterThan(500);
    expect(await bodies(set)).toContain('late');
    set.world.fabric.heal('a', 'a-s');
    await set.until(() => set.broker('a').status().slaves[0]?.lag === 0);
    expect(await send(set, 1, 'again')).toEqual(['SEND_OK']);
  });

  it('waits for as many slaves as inSyncReplicas says, and refuses where fewer than minInSyncReplicas are there', async () => {
    const set = await SetWorld.pair('SYNC_MASTER', 'inSyncReplicas=3');
    expect(await send(set, 1)).toEqual(['SLAVE_NOT_AVAILABLE']);
    await set.start('a-s2', 'brokerRole=SLAVE\nbrokerId=2');
    await set.until(() => set.broker('a-s2').status().following);
    expect(await send(set, 1, 'n')).toEqual(['SEND_OK']);
    const strict = await SetWorld.create();
    await strict.start('a', 'brokerRole=SYNC_MASTER\nminInSyncReplicas=2');
    const refused = await strict.ask('a', sendMessage, { ...SEND_HEADER, topic: 'TBW102' }, Buffer.from('x'));
    expect([refused.code, refused.remark]).toEqual([14, expect.stringContaining('1 of minInSyncReplicas=2')]);
  });
});
