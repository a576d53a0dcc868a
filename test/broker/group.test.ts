import { describe, expect, test } from 'vitest';
import { loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import { applyRecord, readInternalRecord } from '../../src/broker/state/apply-record.ts';
import { BrokerState } from '../../src/broker/state/broker-state.ts';
import { getMaxOffset } from '../../src/protocol/command/get-max-offset.ts';
import { getTopicConfig } from '../../src/protocol/command/get-topic-config.ts';
import { pullMessage } from '../../src/protocol/command/pull-message.ts';
import { queryConsumerOffset } from '../../src/protocol/command/query-consumer-offset.ts';
import { sendMessageV2 } from '../../src/protocol/command/send-message.ts';
import { updateConsumerOffset } from '../../src/protocol/command/update-consumer-offset.ts';
import { updateTopic } from '../../src/protocol/command/update-topic.ts';
import { decodeRecords, type StoredRecord } from '../../src/protocol/message/record-reader.ts';
import type { RemotingCommand } from '../../src/protocol/remoting-command.ts';
import { RequestCode } from '../../src/protocol/request-code.ts';
import { INTERNAL_TOPIC } from '../../src/store/internal-topic.ts';
import { bodiesOf, pullHeader, sendHeader } from './broker-world.ts';
import { GroupWorld } from './group-world.ts';

const TOPIC = {
  topic: 'Made',
  defaultTopic: 'TBW102',
  readQueueNums: 2,
  writeQueueNums: 2,
  perm: 6,
  topicFilterType: 'SINGLE_TAG',
  order: false,
  force: false,
};
const PLACE = { consumerGroup: 'group', topic: 'Made', queueId: 0 };

function recordsOf(group: GroupWorld): StoredRecord[] {
  const records = decodeRecords(group.log.bytes.subarray(0, group.log.endPosition));
  if (typeof records === 'string') throw new Error(records);
  return records;
}

function internalBodies(group: GroupWorld): string[] {
  const internal = recordsOf(group).filter(({ topic }) => topic === INTERNAL_TOPIC);
  return internal.map(({ body }) => body.toString());
}

/** A group with a topic whose creation is confirmed. */
async function withTopic(conf = ''): Promise<GroupWorld> {
  const group = await GroupWorld.start(conf);
  const answers: RemotingCommand[] = [];
  group.client().begin(updateTopic, TOPIC, answers);
  await group.confirm();
  expect(answers).toMatchObject([{ code: 0 }]);
  return group;
}

describe('a change of state', () => {
  test('is answered when it is confirmed, and not before', async () => {
    const group = await GroupWorld.start();
    const answers: RemotingCommand[] = [];
    group.client().begin(updateTopic, TOPIC, answers);
    await group.world.run(1_000);
    expect(answers).toEqual([]);
    await group.confirm();
    expect(answers).toMatchObject([{ code: 0 }]);
  });

  test('counts for the next request of the same turn: a topic is created once, its messages follow it', async () => {
    const group = await GroupWorld.start();
    const client = group.client();
    const answers: RemotingCommand[] = [];
    for (const text of ['a', 'b']) client.begin(sendMessageV2, sendHeader({}, {}), answers, Buffer.from(text));
    await group.confirm();
    expect(answers).toMatchObject([{ code: 0 }, { code: 0, extFields: { queueOffset: '1' } }]);
    expect(recordsOf(group).map(({ topic }) => topic)).toEqual([INTERNAL_TOPIC, 'Topic', 'Topic']);
    expect(bodiesOf(await client.pull())).toEqual(['a', 'b']);
  });

  test('that was not confirmed is gone after a step-down, and its sender hears that the outcome is unknown', async () => {
    const group = await GroupWorld.start();
    const client = group.client();
    const answers: RemotingCommand[] = [];
    client.begin(updateTopic, TOPIC, answers);
    client.begin(sendMessageV2, sendHeader({ topic: 'Made' }, {}), answers, Buffer.from('x'));
    await group.world.run(10);
    expect((await client.ask(getTopicConfig, { topic: 'Made' })).code).toBe(0);
    group.stepDown();
    await group.world.run(10);
    expect(answers.map(({ code, remark }) => `${code} ${remark?.slice(0, 15)}`)).toEqual(
      Array(2).fill('1 outcome unknown'),
    );
    expect((await client.ask(getTopicConfig, { topic: 'Made' })).code).toBe(17);
  });

  test('applies on another node to the same state', async () => {
    const group = await withTopic();
    const client = group.client();
    await client.heartbeat('group', ['Made']);
    client.oneway(updateConsumerOffset, { ...PLACE, commitOffset: 9 });
    await group.world.run(300);
    await group.confirm();
    const { config } = loadBrokerConfig('brokerName=other', {
      homeDirectory: '/',
      hostName: 'o',
      ipAddress: '10.0.0.9',
    });
    const replica = new BrokerState(config, { topicRemovalAppended: () => {}, removeTopic: () => {} });
    group.log.scan(0, group.log.endPosition, (buffer, offset, size, position) => {
      const bytes = buffer.subarray(offset, offset + size);
      const [record] = decodeRecords(bytes) as StoredRecord[];
      if (record?.topic === INTERNAL_TOPIC) applyRecord(replica, readInternalRecord(bytes, position));
    });
    expect(replica.hash()).toBe(group.state.hash());
    expect(replica.offsets.get('group', 'Made', 0)).toBe(9);
    const restored = new BrokerState(config, { topicRemovalAppended: () => {}, removeTopic: () => {} });
    for (const section of replica.export()) expect(restored.importSection(section)).toBe(true);
    expect(restored.hash()).toBe(replica.hash());
  });
});

describe('consumer offsets', () => {
  test('without an answer enter the log in one record within offsetBatchMs', async () => {
    const group = await withTopic();
    const client = group.client();
    await group.confirm();
    const before = internalBodies(group).length;
    for (const commitOffset of [1, 2, 3]) client.oneway(updateConsumerOffset, { ...PLACE, commitOffset });
    client.oneway(updateConsumerOffset, { ...PLACE, queueId: 1, commitOffset: 5 });
    await group.world.run(150);
    expect(
      internalBodies(group)
        .slice(before)
        .filter((body) => body.includes('offsets')),
    ).toEqual([]);
    await group.world.run(60);
    expect(internalBodies(group).at(-1)).toBe('{"offsets":[["group","Made",0,3],["group","Made",1,5]]}');
    const answers: RemotingCommand[] = [];
    client.begin(queryConsumerOffset, PLACE, answers);
    await group.world.run(5);
    expect(answers).toEqual([]);
    await group.confirm();
    expect(answers).toMatchObject([{ code: 0, extFields: { offset: '3' } }]);
  });

  test('that nobody waits for go into the log when they are asked for, and whoever asks learns that the leader is gone', async () => {
    const group = await withTopic();
    const client = group.client();
    await group.confirm();
    client.oneway(updateConsumerOffset, { ...PLACE, commitOffset: 3 });
    const answers: RemotingCommand[] = [];
    client.begin(queryConsumerOffset, PLACE, answers);
    await group.world.run(5);
    expect(internalBodies(group).at(-1)).toBe('{"offsets":[["group","Made",0,3]]}');
    group.stepDown();
    await group.world.run(5);
    expect(answers).toMatchObject([{ code: 14 }]);
  });

  test('with an answer are in the log at once, and answered when they are confirmed', async () => {
    const group = await withTopic();
    const client = group.client();
    const answers: RemotingCommand[] = [];
    client.begin(updateConsumerOffset, { ...PLACE, commitOffset: 4 }, answers);
    client.begin(updateConsumerOffset, { ...PLACE, commitOffset: 4 }, answers);
    await group.world.run(5);
    expect(internalBodies(group)).toContain('{"offsets":[["group","Made",0,4],["group","Made",0,4]]}');
    expect(answers).toEqual([]);
    await group.confirm();
    expect(answers.map(({ code }) => code)).toEqual([0, 0]);
  });

  test('that were not confirmed at a step-down are as they were before', async () => {
    const group = await withTopic();
    const client = group.client();
    const answers: RemotingCommand[] = [];
    client.begin(updateConsumerOffset, { ...PLACE, commitOffset: 4 }, answers);
    await group.confirm();
    client.begin(updateConsumerOffset, { ...PLACE, commitOffset: 8 }, answers);
    client.oneway(updateConsumerOffset, { ...PLACE, queueId: 1, commitOffset: 8 });
    await group.world.run(5);
    group.stepDown();
    await group.world.run(5);
    expect(answers.map(({ code }) => code)).toEqual([0, 1]);
    group.mastership.set(true);
    expect(await client.ask(queryConsumerOffset, PLACE)).toMatchObject({ extFields: { offset: '4' } });
    expect((await client.ask(queryConsumerOffset, { ...PLACE, queueId: 1, setZeroIfNotFound: false })).code).toBe(22);
  });
});

describe('a node that is not the master', () => {
  test('hands requests on that change state or must be fresh, and serves the others', async () => {
    const group = await withTopic();
    const client = group.client();
    group.stepDown();
    const answers: RemotingCommand[] = [];
    client.begin(sendMessageV2, sendHeader({}, {}), answers, Buffer.from('x'));
    client.begin(updateTopic, TOPIC, answers);
    client.begin(getMaxOffset, { topic: 'Made', queueId: 0, committed: true }, answers);
    client.oneway(updateConsumerOffset, { ...PLACE, commitOffset: 4 });
    await group.world.run(10);
    expect(group.mastership.forwarded.map(({ command }) => command.code)).toEqual([310, 17, 30, 15]);
    expect((await client.heartbeat('group', ['Made'])).code).toBe(0);
    expect((await client.ask(getTopicConfig, { topic: 'Made' })).code).toBe(0);
  });

  test('says 14 where it knows no master: nothing was done', async () => {
    const group = await withTopic();
    group.stepDown();
    group.mastership.knowsMaster = false;
    const before = group.log.endPosition;
    const client = group.client();
    expect(await client.send('x')).toMatchObject({ code: 14, remark: expect.stringContaining('nothing was changed') });
    expect((await client.ask(getMaxOffset, { topic: 'Made', queueId: 0, committed: true })).code).toBe(14);
    expect(group.log.endPosition).toBe(before);
  });

  test('serves pulls of what is committed, and never moves an offset', async () => {
    const group = await withTopic();
    const client = group.client();
    const answers: RemotingCommand[] = [];
    client.begin(sendMessageV2, sendHeader({ topic: 'Made' }, {}), answers, Buffer.from('x'));
    await group.confirm();
    group.stepDown();
    expect(bodiesOf(await client.pull({ topic: 'Made' }))).toEqual(['x']);
    for (const queueOffset of [1, 2, 900]) {
      const answer = await client.pull({ topic: 'Made', queueOffset });
      expect(answer).toMatchObject({ code: 19, extFields: { nextBeginOffset: String(queueOffset) } });
    }
    const startedMs = group.world.nowMs;
    await client.pull({ topic: 'Made', queueOffset: 900, sysFlag: 6, suspendTimeoutMillis: 3_000 });
    expect(group.world.nowMs - startedMs).toBeGreaterThanOrEqual(3_000);
  });

  test('forwards the offset that rides on a pull', async () => {
    const group = await withTopic();
    group.stepDown();
    await group.client().pull({ topic: 'Made', sysFlag: 5, commitOffset: 6 });
    const [forwarded] = group.mastership.forwarded;
    expect(forwarded?.command).toMatchObject({
      code: 15,
      flag: 2,
      extFields: { ...PLACE, queueId: '0', commitOffset: '6' },
    });
  });

  test('creates no group for a heartbeat; it does so when it becomes the master', async () => {
    const group = await GroupWorld.start();
    group.stepDown();
    const client = group.client();
    await client.heartbeat('late', ['Topic']);
    expect(group.log.endPosition).toBe(0);
    group.mastership.set(true);
    await group.confirm();
    expect((await client.ask(getTopicConfig, { topic: '%RETRY%late' })).code).toBe(0);
    expect(group.state.groups.get('late')).toBeDefined();
  });
});

describe('a master that was deposed without knowing it', () => {
  test('answers nothing that must be fresh', async () => {
    const group = await withTopic();
    group.mastership.stillMaster = false;
    group.mastership.knowsMaster = false;
    const client = group.client();
    expect((await client.ask(getMaxOffset, { topic: 'Made', queueId: 0, committed: true })).code).toBe(14);
    expect((await client.ask(queryConsumerOffset, PLACE)).code).toBe(14);
  });

  test('does not move the offset of a client that has read further elsewhere', async () => {
    const group = await withTopic();
    group.mastership.stillMaster = false;
    const answer = await group.client().pull({ topic: 'Made', queueOffset: 50 });
    expect(answer).toMatchObject({ code: 19, extFields: { nextBeginOffset: '50' } });
  });
});

describe('a refused append', () => {
  test.each([
    ['pending-full', 2],
    ['disk-full', 14],
    ['not-ready', 14],
  ] as const)('%s is code %i with its reason, for messages and for state', async (status, code) => {
    const group = await withTopic();
    group.log.refused = { status, text: `short of ${status}` };
    const client = group.client();
    expect(await client.send('x')).toMatchObject({ code, remark: `short of ${status}` });
    expect(await client.ask(updateTopic, TOPIC)).toMatchObject({ code, remark: `short of ${status}` });
    const update = await client.ask(updateConsumerOffset, { ...PLACE, commitOffset: 1 });
    expect(update).toMatchObject({ code, remark: `short of ${status}` });
    group.log.refused = undefined;
    await group.world.run(1_000);
    expect(internalBodies(group).filter((body) => body.includes('"offsets"'))).toEqual([]);
  });

  test('of a oneway offset is tried again', async () => {
    const group = await withTopic();
    const client = group.client();
    group.log.refused = { status: 'pending-full', text: 'too much is pending' };
    client.oneway(updateConsumerOffset, { ...PLACE, commitOffset: 7 });
    await group.world.run(500);
    group.log.refused = undefined;
    await group.world.run(200);
    expect(internalBodies(group).at(-1)).toBe('{"offsets":[["group","Made",0,7]]}');
  });
});

describe('a delayed message', () => {
  async function withDelayed(): Promise<GroupWorld> {
    const group = await withTopic();
    const answers: RemotingCommand[] = [];
    const header = sendHeader({ topic: 'Made', queueId: 1 }, { DELAY: '1', TAGS: 'A' });
    group.client().begin(sendMessageV2, header, answers, Buffer.from('later'));
    await group.confirm();
    expect(answers).toMatchObject([{ code: 0, extFields: { queueId: '1' } }]);
    return group;
  }

  test('is appended together with the progress when its time has come', async () => {
    const group = await withDelayed();
    await group.world.run(900);
    expect(recordsOf(group).at(-1)?.topic).toBe('SCHEDULE_TOPIC_XXXX');
    await group.world.run(200);
    expect(
      recordsOf(group)
        .slice(-2)
        .map(({ topic }) => topic),
    ).toEqual(['Made', INTERNAL_TOPIC]);
    expect(internalBodies(group).at(-1)).toBe('{"levels":[[1,1]]}');
    await group.confirm();
    expect(bodiesOf(await group.client().pull({ topic: 'Made', queueId: 1 }))).toEqual(['later']);
  });

  test('whose delivery was not confirmed is delivered by the next master, once', async () => {
    const group = await withDelayed();
    await group.world.run(1_500);
    group.stepDown();
    await group.world.run(5_000);
    group.mastership.set(true);
    await group.world.run(2_000);
    await group.confirm();
    await group.world.run(2_000);
    await group.confirm();
    expect(recordsOf(group).filter(({ topic }) => topic === 'Made')).toHaveLength(1);
  });
});

test('a leaderless pull that waits is answered by what the next leader commits', async () => {
  const group = await withTopic();
  const client = group.client();
  group.stepDown();
  const answers: RemotingCommand[] = [];
  client.begin(pullMessage, pullHeader({ topic: 'Made', sysFlag: 6, suspendTimeoutMillis: 15_000 }), answers);
  await group.world.run(100);
  group.mastership.set(true);
  client.begin(sendMessageV2, sendHeader({ topic: 'Made' }, {}), [], Buffer.from('x'));
  await group.confirm();
  expect(answers).toMatchObject([{ code: 0 }]);
  expect(await client.raw(RequestCode.GET_BROKER_RUNTIME_INFO, {})).toMatchObject({ code: 0 });
});
