import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadNamesrvConfig } from '../../../cluster/namesrv/config.ts';
import { createNameServer } from '../../../cluster/namesrv/name-server.ts';
import { kvTable } from '../../../src/protocol/body/kv-table.ts';
import {
  encodeCompressedRegistration,
  type RegisterBrokerBody,
  registerBrokerBody,
} from '../../../src/protocol/body/register-broker-body.ts';
import { topicList } from '../../../src/protocol/body/topic-list.ts';
import { RequestCode, ResponseCode } from '../../../src/protocol/codes.ts';
import { parseFastjson } from '../../../src/protocol/fastjson.ts';
import { FrameDecoder } from '../../../src/protocol/frame.ts';
import { bodyCrc } from '../../../src/protocol/message/record.ts';
import type { ExtFields, RemotingCommand } from '../../../src/protocol/remoting-command.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { type VirtualPlatform, VirtualWorld } from '../../support/virtual-platform.ts';

const ADDRESS = 'ns:9876';

async function setUp(conf = '') {
  const world = new VirtualWorld();
  const platform = world.start('ns');
  const { config, errors } = loadNamesrvConfig(
    `kvConfigPath=/data/kv.json\nconfigStorePath=/data/ns.properties\n${conf}`,
    '/home',
  );
  expect(errors).toEqual([]);
  const server = createNameServer(platform, config);
  await world.settle(server.start());
  const clients = new Map<string, RemotingClient>();
  const ask = async (
    code: number,
    fields: ExtFields = {},
    body?: Buffer,
    from = 'client',
  ): Promise<RemotingCommand> => {
    const client = clients.get(from) ?? new RemotingClient({ platform: world.start(from) });
    clients.set(from, client);
    const answer = await world.settle(
      client.request(ADDRESS, code, fields, { timeoutMs: 1_000, ...(body && { body }) }),
    );
    if (typeof answer === 'string') throw new Error(answer);
    return answer;
  };
  const register = (changes: ExtFields = {}, body = registerBrokerBody.encode(registration()), from = 'broker') => {
    const fields = {
      brokerName: 'b',
      brokerAddr: 'b:1',
      clusterName: 'C',
      haServerAddr: 'b:2',
      brokerId: '0',
      ...changes,
    };
    return ask(RequestCode.REGISTER_BROKER, fields, body, from);
  };
  return { world, platform, server, ask, register, clients };
}

function registration(topics: readonly string[] = ['T', 'U'], counter = 1): RegisterBrokerBody {
  const config = (topicName: string) => ({
    ...{ topicName, readQueueNums: 4, writeQueueNums: 4, perm: 6, topicFilterType: 'SINGLE_TAG' },
    ...{ topicSysFlag: 0, order: false, attributes: {} },
  });
  return {
    filterServerList: [],
    topicConfigSerializeWrapper: {
      dataVersion: { stateVersion: 0, timestamp: 1, counter },
      topicConfigTable: new Map(topics.map((topic) => [topic, config(topic)])),
    },
  };
}

function topicsIn(answer: RemotingCommand): readonly string[] {
  return (topicList.decode(answer.body) as { topicList: string[] }).topicList;
}

describe('the name server: recorded dialogues of RocketMQ', () => {
  it.each(['4.9.5', '5.3.3'])('answers as RocketMQ %s did', async (version) => {
    const { world } = await setUp();
    const lines = readFileSync(new URL(`../../fixture/namesrv/${version}.jsonl`, import.meta.url), 'utf8')
      .trim()
      .split('\n');
    const speak = rawClient(world.start('recorded'), world);
    for (const line of lines) {
      const recorded = JSON.parse(line);
      const answer = await speak(Buffer.from(recorded.request, 'base64'));
      const where = `${recorded.requestCode}`;
      expect([where, answer.code]).toEqual([where, recorded.code]);
      expect([where, answer.extFields]).toEqual([where, recorded.extFields ?? {}]);
      expect([where, answer.remark?.split('\n')[0]]).toEqual([where, recorded.remark?.split('\n')[0]]);
      expect([where, comparable(answer.body.toString())]).toEqual([where, comparable(recorded.body ?? '')]);
    }
  });
});

/** The meaning of a body: lists that are sets sorted, and without what 4.9 does not know. */
function comparable(text: string): unknown {
  if (text === '') return '';
  const body = parseFastjson(text) as Record<string, unknown>;
  const list = body['topicList'];
  if (Array.isArray(list)) body['topicList'] = list.toSorted();
  return JSON.parse(JSON.stringify(body).replaceAll(',"enableActingMaster":false', ''));
}

function rawClient(platform: VirtualPlatform, world: VirtualWorld): (frame: Buffer) => Promise<RemotingCommand> {
  const decoder = new FrameDecoder();
  let answered: (command: RemotingCommand) => void = () => {};
  const socket = platform.network.connect(
    { host: 'ns', port: 9876 },
    { onData: (chunk) => void decoder.push(chunk, (command) => answered(command)), onClose: () => {} },
  );
  return (frame) => {
    const answer = new Promise<RemotingCommand>((resolve) => {
      answered = resolve;
    });
    socket.write([frame]);
    return world.settle(answer);
  };
}

describe('the name server: registration', () => {
  it('reads compressed bodies and checks the checksum', async () => {
    const { register, ask } = await setUp();
    const body = encodeCompressedRegistration(registration(['A', 'B']));
    const good = await register({ compressed: 'true', bodyCrc32: String(bodyCrc(body)) }, body);
    expect(good.code).toBe(ResponseCode.SUCCESS);
    expect(topicsIn(await ask(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER))).toEqual(['A', 'B']);
    const bad = await register({ compressed: 'true', bodyCrc32: '1' }, body);
    expect(bad).toMatchObject({ code: ResponseCode.SYSTEM_ERROR, remark: expect.stringContaining('crc32 not match') });
    const broken = await register({ compressed: 'true' }, Buffer.from('nonsense'));
    expect(broken).toMatchObject({
      code: ResponseCode.SYSTEM_ERROR,
      remark: expect.stringContaining('RegisterBrokerBody'),
    });
    const missing = await ask(RequestCode.REGISTER_BROKER, { brokerName: 'b' }, body);
    expect(missing).toMatchObject({
      code: ResponseCode.SYSTEM_ERROR,
      remark: expect.stringContaining('brokerAddr is missing'),
    });
  });

  it('tells a slave its master, and refuses a first registration with one topic', async () => {
    const { register } = await setUp();
    await register();
    const slave = await register({ brokerId: '1', brokerAddr: 's:1' }, undefined, 'slave');
    expect(slave.extFields).toEqual({ masterAddr: 'b:1', haServerAddr: 'b:2' });
    const one = await register(
      { brokerName: 'x', brokerAddr: 'x:1' },
      registerBrokerBody.encode(registration(['A'])),
      'x',
    );
    expect(one.code).toBe(ResponseCode.SYSTEM_ERROR);
  });

  it('forgets a broker at once when its connection closes, and after its time when it is silent', async () => {
    const { register, ask, server, clients, world } = await setUp();
    await register();
    await register({ brokerName: 'c', brokerAddr: 'c:1', heartbeatTimeoutMillis: '10000' }, undefined, 'c');
    expect(server.status()).toMatchObject({
      state: 'serving',
      topics: 2,
      brokers: [{ brokerName: 'b' }, { brokerName: 'c' }],
    });
    clients.get('broker')?.close();
    await world.run(10);
    expect(server.status().brokers.map((each) => each.brokerName)).toEqual(['c']);
    await world.run(8_000);
    await ask(RequestCode.BROKER_HEARTBEAT, { clusterName: 'C', brokerAddr: 'c:1', brokerName: 'c' }, undefined, 'c');
    await world.run(8_000);
    expect(server.status().brokers).toHaveLength(1);
    await world.run(8_000);
    expect(server.status().brokers).toHaveLength(0);
    expect((await ask(RequestCode.GET_ROUTEINFO_BY_TOPIC, { topic: 'T' })).code).toBe(ResponseCode.TOPIC_NOT_EXIST);
  });

  it('says whether a broker has to register again', async () => {
    const { register, ask } = await setUp();
    const fields = { brokerName: 'b', brokerAddr: 'b:1', clusterName: 'C', brokerId: '0' };
    const version = (counter: number) => Buffer.from(`{"counter":${counter},"timestamp":1}`);
    expect((await ask(RequestCode.QUERY_DATA_VERSION, fields, version(1))).extFields).toEqual({ changed: 'true' });
    await register();
    const same = await ask(RequestCode.QUERY_DATA_VERSION, fields, version(1));
    expect(same.extFields).toEqual({ changed: 'false' });
    expect(JSON.parse(same.body.toString())).toEqual({ counter: 1, stateVersion: 0, timestamp: 1 });
    expect((await ask(RequestCode.QUERY_DATA_VERSION, fields, version(2))).extFields).toEqual({ changed: 'true' });
    expect((await ask(RequestCode.QUERY_DATA_VERSION, fields, Buffer.from('{'))).code).toBe(ResponseCode.SYSTEM_ERROR);
  });
});

describe('the name server: administration', () => {
  it('lists topics by cluster, system topics and members', async () => {
    const { register, ask } = await setUp();
    await register();
    await register({ brokerId: '2', brokerAddr: 'b2:1' }, undefined, 'b2');
    expect(topicsIn(await ask(RequestCode.GET_TOPICS_BY_CLUSTER, { cluster: 'C' }))).toEqual(['T', 'U']);
    expect(topicsIn(await ask(RequestCode.GET_TOPICS_BY_CLUSTER, { cluster: 'D' }))).toEqual([]);
    expect(topicsIn(await ask(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS))).toEqual(['C', 'b']);
    const members = await ask(RequestCode.GET_BROKER_MEMBER_GROUP, { clusterName: 'C', brokerName: 'b' });
    expect(JSON.parse(members.body.toString())).toEqual({
      brokerMemberGroup: { brokerAddrs: { 0: 'b:1', 2: 'b2:1' }, brokerName: 'b', cluster: 'C' },
    });
  });

  it('keeps KV configs over a restart, and returns order configs to brokers and clients', async () => {
    const { register, ask, platform, world, server } = await setUp('orderMessageEnable=true');
    const put = { namespace: 'ORDER_TOPIC_CONFIG', key: 'T', value: 'b:4' };
    expect((await ask(RequestCode.PUT_KV_CONFIG, put)).code).toBe(ResponseCode.SUCCESS);
    expect((await ask(RequestCode.GET_KV_CONFIG, put)).extFields).toEqual({ value: 'b:4' });
    expect(kvTable.decode((await register()).body)).toEqual({ table: new Map([['T', 'b:4']]) });
    const route = await ask(RequestCode.GET_ROUTEINFO_BY_TOPIC, { topic: 'T' });
    expect(JSON.parse(route.body.toString())).toMatchObject({ orderTopicConf: 'b:4' });
    expect((await ask(RequestCode.GET_KV_CONFIG, { ...put, key: 'X' })).code).toBe(ResponseCode.QUERY_NOT_FOUND);
    expect((await ask(RequestCode.GET_KVLIST_BY_NAMESPACE, { namespace: 'X' })).code).toBe(
      ResponseCode.QUERY_NOT_FOUND,
    );
    await world.settle(server.stop());
    platform.crash();
    const again = createNameServer(world.start('ns'), loadNamesrvConfig('kvConfigPath=/data/kv.json', '/home').config);
    await world.settle(again.start());
    const list = await ask(
      RequestCode.GET_KVLIST_BY_NAMESPACE,
      { namespace: 'ORDER_TOPIC_CONFIG' },
      undefined,
      'other',
    );
    expect(kvTable.decode(list.body)).toEqual({ table: new Map([['T', 'b:4']]) });
  });

  it('shows and changes its configuration, keeps it, and refuses what is forbidden or wrong', async () => {
    const { ask, platform } = await setUp();
    const update = (text: string) => ask(RequestCode.UPDATE_NAMESRV_CONFIG, {}, Buffer.from(text));
    expect((await update('enableAllTopicList=false')).code).toBe(ResponseCode.SUCCESS);
    expect((await ask(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER)).code).toBe(ResponseCode.NO_PERMISSION);
    const shown = (await ask(RequestCode.GET_NAMESRV_CONFIG)).body.toString();
    expect(shown).toContain('enableAllTopicList=false\n');
    expect(shown).toContain('listenPort=9876\n');
    expect(platform.disk.readFile('/data/ns.properties')?.toString()).toBe('enableAllTopicList=false\n');
    expect(await update('kvConfigPath=/etc/passwd')).toMatchObject({ code: ResponseCode.NO_PERMISSION });
    expect(await update('enableAllTopicList=perhaps')).toMatchObject({
      code: ResponseCode.SYSTEM_ERROR,
      remark: expect.stringContaining('enableAllTopicList=perhaps: it must be true or false'),
    });
    expect(await update('a=\\u12')).toMatchObject({ code: ResponseCode.SYSTEM_ERROR });
  });

  it('answers an unknown code, and lives on after garbage', async () => {
    const { ask, world, register } = await setUp();
    expect(await ask(31_000)).toMatchObject({ code: 3, remark: ' request type 31000 not supported' });
    const garbage = world
      .start('bad')
      .network.connect({ host: 'ns', port: 9876 }, { onData: () => {}, onClose: () => {} });
    garbage.write([Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3])]);
    await world.run(100);
    expect((await register()).code).toBe(ResponseCode.SUCCESS);
  });

  it('reports a port that is taken, and a KV file that it cannot read', async () => {
    const { platform, world } = await setUp();
    const { config } = loadNamesrvConfig('kvConfigPath=/other.json', '/home');
    expect(await world.settle(createNameServer(platform, config).start())).toMatchObject({ code: 'EADDRINUSE' });
    platform.disk.replaceFile('/other.json', Buffer.from('{"x"'));
    expect(() => createNameServer(platform, config)).toThrow(/\/other.json is not a table of KV configs/);
  });
});

describe('loadNamesrvConfig', () => {
  it('names wrong values and unknown keys, and resolves the home directory', () => {
    const result = loadNamesrvConfig('listenPort=99999\nserverWorkerThreads=8\nfoo=1\n', '/home/me', {
      bindAddress: '127.0.0.1',
    });
    expect(result.errors).toMatchObject([{ key: 'listenPort', value: '99999' }]);
    expect(result.warnings).toEqual(['unknown configuration keys have no effect: foo']);
    expect(result.config.values).toMatchObject({
      bindAddress: '127.0.0.1',
      kvConfigPath: '/home/me/namesrv/kvConfig.json',
    });
  });
});
