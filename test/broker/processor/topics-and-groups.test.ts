import { describe, expect, test } from 'vitest';
import { groupConfig } from '../../../src/broker/group/group-config.ts';
import { consumeStats } from '../../../src/protocol/body/consume-stats.ts';
import { groupList } from '../../../src/protocol/body/group-list.ts';
import { kvTable } from '../../../src/protocol/body/kv-table.ts';
import {
  subscriptionGroupConfig,
  subscriptionGroupTable,
} from '../../../src/protocol/body/subscription-group-config.ts';
import { topicConfig, topicConfigTable } from '../../../src/protocol/body/topic-config.ts';
import { topicStatsTable } from '../../../src/protocol/body/topic-stats-table.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import { deleteSubscriptionGroup } from '../../../src/protocol/command/delete-subscription-group.ts';
import { deleteTopicInBroker } from '../../../src/protocol/command/delete-topic-in-broker.ts';
import { getConsumeStats } from '../../../src/protocol/command/get-consume-stats.ts';
import { getSubscriptionGroupConfig } from '../../../src/protocol/command/get-subscription-group-config.ts';
import { getTopicConfig } from '../../../src/protocol/command/get-topic-config.ts';
import { getTopicStats } from '../../../src/protocol/command/get-topic-stats.ts';
import { queryConsumerOffset } from '../../../src/protocol/command/query-consumer-offset.ts';
import { queryMessage } from '../../../src/protocol/command/query-message.ts';
import { queryTopicConsumeByWho } from '../../../src/protocol/command/query-topic-consume-by-who.ts';
import { updateConsumerOffset } from '../../../src/protocol/command/update-consumer-offset.ts';
import { type UpdateTopicRequest, updateTopic } from '../../../src/protocol/command/update-topic.ts';
import { viewMessageById } from '../../../src/protocol/command/view-message-by-id.ts';
import type { BodyDefinition } from '../../../src/protocol/define-body.ts';
import { RequestCode } from '../../../src/protocol/request-code.ts';
import { BrokerWorld, bodiesOf } from '../broker-world.ts';

const NEW_TOPIC: UpdateTopicRequest = {
  topic: 'Made',
  defaultTopic: 'TBW102',
  readQueueNums: 3,
  writeQueueNums: 2,
  perm: 6,
  topicFilterType: 'SINGLE_TAG',
  order: false,
  force: false,
};

function decoded<T>(definition: BodyDefinition<T>, body: Buffer): T {
  const value = definition.decode(body);
  if (value instanceof BodyError) throw value;
  return value;
}

describe('topics', () => {
  test('created and changed ones survive a crash right after the answer', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    expect((await client.ask(updateTopic, { ...NEW_TOPIC, attributes: '+message.type=FIFO' })).code).toBe(0);
    expect((await client.ask(updateTopic, { ...NEW_TOPIC, writeQueueNums: 5, attributes: '-message.type' })).code).toBe(
      0,
    );
    await world.startAgain();
    const answer = await world.client().ask(getTopicConfig, { topic: 'Made' });
    const config = decoded(topicConfig, answer.body);
    expect(config).toMatchObject({ readQueueNums: 3, writeQueueNums: 5, perm: 6, attributes: {} });
  });

  test.each([
    [{ topic: 'a b' }, 'illegal characters'],
    [{ topic: 'TBW102' }, 'conflict with system topic'],
    [{ perm: 9 }, 'perm=9'],
    [{ readQueueNums: -1 }, '-1 queues'],
    [{ attributes: '+colour=red' }, 'attribute colour is not known'],
    [{ attributes: '+queue.type=BatchCQ' }, 'attribute queue.type=BatchCQ is not supported'],
    [{ attributes: 'queue.type' }, 'write +key=value or -key'],
  ])('%o is refused', async (fields, reason) => {
    const world = await BrokerWorld.start();
    const answer = await world.client().ask(updateTopic, { ...NEW_TOPIC, ...fields });
    expect(answer).toMatchObject({ code: 29, remark: expect.stringContaining(reason) });
  });

  test('a deleted one is gone with its messages and offsets; made again, it starts at 0', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    await client.send('old', { topic: 'Made' });
    await client.ask(updateConsumerOffset, { consumerGroup: 'g', topic: 'Made', queueId: 0, commitOffset: 1 });
    expect((await client.ask(deleteTopicInBroker, { topic: 'Made' })).code).toBe(0);
    expect((await client.pull({ topic: 'Made' })).code).toBe(17);
    expect((await client.send('new', { topic: 'Made' })).extFields['queueOffset']).toBe('0');
    expect(bodiesOf(await client.pull({ topic: 'Made' }))).toEqual(['new']);
    const offset = { consumerGroup: 'g', topic: 'Made', queueId: 0, setZeroIfNotFound: false };
    expect((await client.ask(queryConsumerOffset, offset)).code).toBe(22);
  });

  test('system topics stay', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    expect((await client.ask(deleteTopicInBroker, { topic: 'TBW102' })).code).toBe(16);
    expect((await client.ask(deleteTopicInBroker, { topic: ' ' })).code).toBe(1);
    expect((await client.ask(deleteTopicInBroker, { topic: 'None' })).code).toBe(0);
  });

  test('each change raises the version of the table', async () => {
    const world = await BrokerWorld.start();
    const client = world.client();
    const version = async (): Promise<number> => {
      const answer = await client.raw(RequestCode.GET_ALL_TOPIC_CONFIG, {});
      return decoded(topicConfigTable, answer.body).dataVersion.counter;
    };
    expect(await version()).toBe(0);
    await client.ask(updateTopic, NEW_TOPIC);
    await client.send('x');
    expect(await version()).toBe(2);
    await world.restart();
    const again = decoded(topicConfigTable, (await world.client().raw(RequestCode.GET_ALL_TOPIC_CONFIG, {})).body);
    expect(again.dataVersion.counter).toBe(2);
    expect([...again.topicConfigTable.keys()]).toEqual(expect.arrayContaining(['TBW102', 'Made', 'Topic']));
  });
});

test('groups are created, changed, listed and deleted', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  const body = subscriptionGroupConfig.encode(groupConfig('g', { retryMaxTimes: 5 }));
  expect((await client.raw(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, {}, body)).code).toBe(0);
  await world.startAgain();
  const after = world.client();
  const found = await after.ask(getSubscriptionGroupConfig, { group: 'g' });
  expect(decoded(subscriptionGroupConfig, found.body)).toMatchObject({ groupName: 'g', retryMaxTimes: 5 });
  const all = await after.raw(RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, {});
  expect([...decoded(subscriptionGroupTable, all.body).subscriptionGroupTable.keys()]).toContain('g');
  expect((await after.ask(deleteSubscriptionGroup, { groupName: 'g', cleanOffset: true })).code).toBe(0);
  expect((await after.ask(getSubscriptionGroupConfig, { group: 'g' })).code).toBe(26);
  const bad = subscriptionGroupConfig.encode(groupConfig('a b'));
  expect((await after.raw(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, {}, bad)).code).toBe(29);
});

test('a group that may not consume is told so', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x');
  const body = subscriptionGroupConfig.encode(groupConfig('g', { consumeEnable: false }));
  await client.raw(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, {}, body);
  expect(await client.pull({ consumerGroup: 'g' })).toMatchObject({ code: 16, extFields: { forbiddenType: '2' } });
});

test('statistics of topics and groups', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  for (const text of ['a', 'b', 'c']) await client.send(text);
  await client.ask(updateConsumerOffset, { consumerGroup: 'g', topic: 'Topic', queueId: 0, commitOffset: 2 });
  const stats = decoded(topicStatsTable, (await client.ask(getTopicStats, { topic: 'Topic' })).body);
  expect(stats.offsetTable).toHaveLength(4);
  expect(stats.offsetTable[0]).toMatchObject([
    { brokerName: 'broker-a', queueId: 0, topic: 'Topic' },
    { minOffset: 0, maxOffset: 3 },
  ]);
  expect(stats.offsetTable[0]?.[1].lastUpdateTimestamp).toBeGreaterThan(0);
  expect((await client.ask(getTopicStats, { topic: 'None' })).code).toBe(17);
  const progress = decoded(consumeStats, (await client.ask(getConsumeStats, { consumerGroup: 'g' })).body);
  expect(progress.offsetTable[0]?.[1]).toMatchObject({ brokerOffset: 3, consumerOffset: 2 });
  const groups = decoded(groupList, (await client.ask(queryTopicConsumeByWho, { topic: 'Topic' })).body);
  expect(groups.groupList).toEqual(['g']);
  const rates = await client.raw(RequestCode.VIEW_BROKER_STATS_DATA, {
    statsName: 'TOPIC_PUT_NUMS',
    statsKey: 'Topic',
  });
  expect(JSON.parse(rates.body.toString()).statsMinute.sum).toBe(3);
  const missing = await client.raw(RequestCode.VIEW_BROKER_STATS_DATA, {
    statsName: 'TOPIC_PUT_NUMS',
    statsKey: 'None',
  });
  expect(missing).toMatchObject({ code: 1, remark: 'The stats <TOPIC_PUT_NUMS> <None> not exist' });
});

test('messages are found by key, by unique key and by position', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  const sent = await client.send('x', {}, { KEYS: 'k1 k2', UNIQ_KEY: 'ID7' });
  const query = { topic: 'Topic', maxNum: 64, beginTimestamp: 0, endTimestamp: Number.MAX_SAFE_INTEGER };
  expect(bodiesOf(await client.ask(queryMessage, { ...query, key: 'k2' }))).toEqual(['x']);
  expect(bodiesOf(await client.ask(queryMessage, { ...query, key: 'ID7', uniqueKeyQuery: 'true' }))).toEqual(['x']);
  expect((await client.ask(queryMessage, { ...query, key: 'k3' })).code).toBe(22);
  const offset = Number.parseInt(sent.extFields['msgId']?.slice(16) ?? '', 16);
  expect(bodiesOf(await client.ask(viewMessageById, { offset }))).toEqual(['x']);
  expect(await client.ask(viewMessageById, { offset: offset + 1 })).toMatchObject({
    code: 1,
    remark: `can not find message by the offset, ${offset + 1}`,
  });
});

test('the runtime table has what tools and exporters read', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x');
  await world.world.run(15_000);
  const answer = await client.raw(RequestCode.GET_BROKER_RUNTIME_INFO, {});
  expect(answer.remark).toBeUndefined();
  const { table } = decoded(kvTable, answer.body);
  expect(table.get('brokerVersionDesc')).toBe('V5_3_3');
  expect(table.get('msgPutTotalTodayNow')).toBe('1');
  for (const key of ['putTps', 'getFoundTps', 'getMissTps', 'getTotalTps', 'getTransferredTps', 'getTransferedTps']) {
    expect(
      table
        .get(key)
        ?.split(' ')
        .map(Number)
        .every((rate) => rate >= 0),
    ).toBe(true);
    expect(table.get(key)?.split(' ')).toHaveLength(3);
  }
  expect(table.get('commitLogDirCapacity')).toMatch(/^Total : [\d.]+ \w+, Free : [\d.]+ \w+\.$/);
  expect(table.get('runtime')).toBe('[ 0 days, 0 hours, 0 minutes, 15 seconds ]');
});

test('the configuration in force is told as properties', async () => {
  const world = await BrokerWorld.start('fileReservedTime=48');
  const answer = await world.client().raw(RequestCode.GET_BROKER_CONFIG, {});
  expect(answer.body.toString().split('\n')).toEqual(
    expect.arrayContaining(['fileReservedTime=48', 'listenPort=10911']),
  );
  expect(JSON.parse(answer.extFields['version'] ?? '')).toMatchObject({ counter: 0, stateVersion: 0 });
});

test('an unknown request code is answered with 3', async () => {
  const world = await BrokerWorld.start();
  expect(await world.client().raw(999, {})).toMatchObject({ code: 3, remark: ' request type 999 not supported' });
});
