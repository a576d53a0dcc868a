import { expect, test } from 'vitest';
import { consumerConnection } from '../../../src/protocol/body/consumer-connection.ts';
import { consumerList } from '../../../src/protocol/body/consumer-list.ts';
import { lockBatchRequest, lockBatchResponse } from '../../../src/protocol/body/lock-batch.ts';
import { BodyError } from '../../../src/protocol/body-error.ts';
import { getConsumerConnections } from '../../../src/protocol/command/get-consumer-connections.ts';
import { getConsumerListByGroup } from '../../../src/protocol/command/get-consumer-list-by-group.ts';
import { getProducerConnections } from '../../../src/protocol/command/get-producer-connections.ts';
import { getTopicConfig } from '../../../src/protocol/command/get-topic-config.ts';
import { pullMessage } from '../../../src/protocol/command/pull-message.ts';
import { unregisterClient } from '../../../src/protocol/command/unregister-client.ts';
import { updateConsumerOffset } from '../../../src/protocol/command/update-consumer-offset.ts';
import { RequestCode } from '../../../src/protocol/request-code.ts';
import { BrokerWorld, pullHeader, recordsOf, type TestClient } from '../broker-world.ts';

async function membersOf(client: TestClient, consumerGroup = 'group'): Promise<readonly string[] | number> {
  const answer = await client.ask(getConsumerListByGroup, { consumerGroup });
  const body = answer.code === 0 ? consumerList.decode(answer.body) : new BodyError('');
  return body instanceof BodyError ? answer.code : body.consumerIdList;
}

test('a consumer that joins or leaves is announced to all members', async () => {
  const world = await BrokerWorld.start();
  const [first, second] = [world.client(), world.client()];
  await first.heartbeat('group', ['Topic'], 'c1');
  await world.world.run(5);
  expect(first.received).toHaveLength(1);
  await second.heartbeat('group', ['Topic'], 'c2');
  await world.world.run(5);
  expect(await membersOf(first)).toEqual(['c1', 'c2']);
  expect([first.received.length, second.received.length]).toEqual([2, 1]);
  await second.heartbeat('group', ['Topic'], 'c2');
  await world.world.run(5);
  expect(first.received).toHaveLength(2);
  second.close();
  await world.world.run(5);
  expect(await membersOf(first)).toEqual(['c1']);
  expect(first.received).toHaveLength(3);
  await first.ask(unregisterClient, { clientID: 'c1', consumerGroup: 'group' });
  expect(await membersOf(first)).toBe(1);
});

test('a changed set of topics is announced, and dropped ones are forgotten', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.heartbeat('group', ['A', 'B']);
  await client.heartbeat('group', ['A']);
  await world.world.run(5);
  expect(client.received).toHaveLength(2);
  const answer = await client.ask(getConsumerConnections, { consumerGroup: 'group' });
  const body = consumerConnection.decode(answer.body);
  if (body instanceof BodyError) throw body;
  expect([...body.subscriptionTable.keys()]).toEqual(['A']);
  expect(body).toMatchObject({ consumeType: 'CONSUME_PASSIVELY', messageModel: 'CLUSTERING' });
  expect(body.connectionSet).toMatchObject([{ clientId: 'client-1', language: 'JAVA', version: 479 }]);
});

test('a client that is silent for two minutes is forgotten', async () => {
  const world = await BrokerWorld.start('serverChannelMaxIdleTimeSeconds=1000');
  const [silent, asking] = [world.client(), world.client()];
  await silent.heartbeat('group', ['Topic']);
  await world.world.run(115_000);
  expect(await membersOf(asking)).toEqual(['client-1']);
  await world.world.run(20_000);
  expect(await membersOf(asking)).toBe(1);
});

test('a heartbeat creates the group and its retry topic, which survive a restart', async () => {
  const world = await BrokerWorld.start();
  await world.client().heartbeat('group', ['Topic']);
  await world.world.run(5);
  await world.restart();
  const client = world.client();
  expect((await client.ask(getTopicConfig, { topic: '%RETRY%group' })).code).toBe(0);
  expect((await client.raw(RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG, { group: 'group' })).code).toBe(0);
  expect((await client.raw(RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG, { group: 'none' })).code).toBe(26);
});

test('a malformed heartbeat is answered with what is wrong', async () => {
  const world = await BrokerWorld.start();
  const answer = await world.client().raw(RequestCode.HEART_BEAT, {}, Buffer.from('{"clientID":7}'));
  expect(answer).toMatchObject({ code: 1, remark: expect.stringContaining('clientID') });
});

test('groups that nobody is in', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  expect(await client.ask(getConsumerConnections, { consumerGroup: 'g' })).toMatchObject({
    code: 206,
    remark: 'the consumer group[g] not online',
  });
  expect((await client.ask(getProducerConnections, { producerGroup: 'g' })).code).toBe(1);
  expect(await client.ask(getConsumerListByGroup, { consumerGroup: 'g' })).toMatchObject({
    code: 1,
    remark: 'no consumer for this group, g',
  });
});

test('a queue is locked by one client until it unlocks or is silent for a minute', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  const mqSet = [{ brokerName: 'broker-a', queueId: 0, topic: 'Topic' }];
  const body = (clientId: string): Buffer =>
    lockBatchRequest.encode({ consumerGroup: 'group', clientId, onlyThisBroker: false, mqSet });
  const lock = async (clientId: string): Promise<number> => {
    const answer = await client.raw(RequestCode.LOCK_BATCH_MQ, {}, body(clientId));
    const held = lockBatchResponse.decode(answer.body);
    return held instanceof BodyError ? -1 : held.lockOKMQSet.length;
  };
  expect(await lock('c1')).toBe(1);
  expect(await lock('c2')).toBe(0);
  await client.raw(RequestCode.UNLOCK_BATCH_MQ, {}, body('c2'));
  expect(await lock('c2')).toBe(0);
  await client.raw(RequestCode.UNLOCK_BATCH_MQ, {}, body('c1'));
  expect(await lock('c2')).toBe(1);
  await world.world.run(61_000);
  expect(await lock('c1')).toBe(1);
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

test('what is not fsynced yet is told until it is', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x');
  const { store, broker } = world.lone;
  expect(broker.figures()?.flushBehindBytes).toBe(store.store.endPosition);
  await world.world.run(1_000);
  expect(broker.figures()?.flushBehindBytes).toBe(0);
  expect(broker.status().syncedPosition).toBe(store.store.endPosition);
});

test('a pull that waits goes with its connection', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  await client.send('x');
  client.begin(pullMessage, pullHeader({ queueOffset: 1, sysFlag: 6, suspendTimeoutMillis: 300_000 }), []);
  await world.world.run(100);
  expect(world.lone.broker.status().heldPulls).toBe(1);
  client.close();
  await world.world.run(11_000);
  expect(world.lone.broker.status().heldPulls).toBe(0);
});

test('figures for metrics: what came, what went, who is there, what is left', async () => {
  const world = await BrokerWorld.start();
  const client = world.client();
  for (const text of ['a', 'bb', 'ccc']) await client.send(text);
  await client.heartbeat('group', ['Topic']);
  await client.pull({ maxMsgNums: 2 });
  const sizes = recordsOf(await client.pull({ consumerGroup: 'other' })).map(({ size }) => size);
  await client.ask(updateConsumerOffset, { consumerGroup: 'group', topic: 'Topic', queueId: 0, commitOffset: 2 });
  const figures = world.lone.broker.figures();
  expect(figures?.received).toEqual([{ topic: 'Topic', system: false, messages: 3, bytes: sum(sizes) }]);
  const delivered = { topic: 'Topic', group: 'group', system: false, messages: 2, bytes: sum(sizes.slice(0, 2)) };
  expect(figures?.delivered[0]).toEqual(delivered);
  expect(figures?.consumers).toEqual([
    { group: 'group', language: 'JAVA', version: 479, consumeType: 'CONSUME_PASSIVELY', connections: 1 },
  ]);
  expect(figures?.lags).toEqual([{ group: 'group', topic: 'Topic', system: false, messages: 1 }]);
});
