import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { groupConfig } from '../../../src/broker/group/group-config.ts';
import { BrokerState } from '../../../src/broker/state/broker-state.ts';
import { CONFIG_FILES, readConfigFile, writeConfigFile } from '../../../src/broker/state/config-files.ts';
import { updateTopic } from '../../../src/protocol/command/update-topic.ts';
import { createVirtualPlatform } from '../../support/virtual-platform.ts';
import { BrokerWorld } from '../broker-world.ts';

const HOST = { homeDirectory: '/home', hostName: 'box', ipAddress: '10.0.0.1' };

function newState(conf = 'brokerName=broker-a'): BrokerState {
  const { config } = loadBrokerConfig(conf, HOST);
  return new BrokerState(config, { topicRemovalAppended: () => {}, removeTopic: () => {} });
}

test.each(['4.9.5', '5.3.3'])(
  'the files of RocketMQ %s are read, and what is written is read back the same',
  (version) => {
    const { disk } = createVirtualPlatform();
    disk.makeDirectory('/config');
    for (const name of CONFIG_FILES) {
      const fixture = new URL(`../../fixture/broker-config/${version}/${name}.json`, import.meta.url);
      disk.replaceFile(`/config/${name}.json`, readFileSync(fixture));
    }
    const state = newState();
    for (const name of CONFIG_FILES) expect(readConfigFile(disk, '/config', name, state)).toBeUndefined();
    expect(state.topics.get('StoreA')).toMatchObject({ readQueueNums: 4, perm: 6, attributes: {} });
    expect(state.topics.dataVersion.counter).toBeGreaterThan(0);
    expect(state.groups.get('SELF_TEST_C_GROUP')).toMatchObject({ retryMaxTimes: 16 });
    expect(state.delays.nextOffset(2)).toBe(1);
    for (const name of CONFIG_FILES) writeConfigFile(disk, '/config', name, state);
    const again = newState();
    for (const name of CONFIG_FILES) readConfigFile(disk, '/config', name, again);
    expect(again.hash()).toBe(state.hash());
  },
);

test('what only RocketMQ uses of its groups stays over changes, in the files and in snapshots; a group that is removed takes its part along', () => {
  const { disk } = createVirtualPlatform();
  disk.makeDirectory('/config');
  const fixture = new URL('../../fixture/broker-config/5.3.3/subscriptionGroup.json', import.meta.url);
  const written = JSON.parse(readFileSync(fixture, 'utf8'));
  const forbiddenTable = { GX: { XT: 3, YT: 1 }, Other: { XT: 2 } };
  const group = { ...written.subscriptionGroupTable.SELF_TEST_C_GROUP, groupName: 'GX' };
  group.subscriptionDataSet = [{ expression: 'TagA', expressionType: 'TAG', topic: 'XT', version: 1795335183836 }];
  const content = {
    ...written,
    forbiddenTable,
    subscriptionGroupTable: { ...written.subscriptionGroupTable, GX: group },
  };
  disk.replaceFile('/config/subscriptionGroup.json', Buffer.from(JSON.stringify(content)));
  const state = newState();
  expect(readConfigFile(disk, '/config', 'subscriptionGroup', state)).toBeUndefined();
  const dataVersion = state.groups.nextVersion(0, 1);
  state.commit({ type: 'group-put', config: groupConfig('New'), dataVersion });
  const table = (from: BrokerState) => {
    writeConfigFile(disk, '/config', 'subscriptionGroup', from);
    return JSON.parse(disk.readFile('/config/subscriptionGroup.json')!.toString());
  };
  const copy = newState();
  for (const section of state.export()) copy.importSection(section);
  for (const each of [state, copy]) {
    expect(table(each)).toMatchObject({ forbiddenTable, subscriptionGroupTable: { GX: group, New: {} } });
    expect(table(each).subscriptionGroupTable.New).not.toHaveProperty('subscriptionDataSet');
  }
  state.commit({ type: 'group-delete', group: 'GX', dataVersion });
  expect(table(state).forbiddenTable).toEqual({ Other: { XT: 2 } });
});

test('offsets in the dialect of fastjson are read', () => {
  const { disk } = createVirtualPlatform();
  disk.makeDirectory('/config');
  disk.replaceFile('/config/consumerOffset.json', Buffer.from('{"offsetTable":{"T@G":{0:123,2:45}}}'));
  const state = newState();
  readConfigFile(disk, '/config', 'consumerOffset', state);
  expect([0, 1, 2].map((queueId) => state.offsets.get('G', 'T', queueId))).toEqual([123, undefined, 45]);
});

test('a file that cannot be read is replaced by its .bak with a warning; without one the start ends with a sentence', () => {
  const { disk } = createVirtualPlatform();
  disk.makeDirectory('/config');
  disk.replaceFile('/config/consumerOffset.json', Buffer.from('{"offsetTable":'));
  const state = newState();
  expect(() => readConfigFile(disk, '/config', 'consumerOffset', state)).toThrow('Restore the file, or move it away');
  disk.replaceFile('/config/consumerOffset.json.bak', Buffer.from('{"offsetTable":{"T@G":{"0":1}}}'));
  expect(readConfigFile(disk, '/config', 'consumerOffset', state)).toContain(
    'took /config/consumerOffset.json.bak instead',
  );
  expect(state.offsets.get('G', 'T', 0)).toBe(1);
});

test('a change that cannot be written is not answered with success', async () => {
  const world = await BrokerWorld.start();
  world.brokerPlatform.disk.image.fail({ operation: 'write', code: 'ENOSPC', path: '/store/config/topics.json' });
  const header = {
    topic: 'T',
    defaultTopic: 'TBW102',
    readQueueNums: 1,
    writeQueueNums: 1,
    perm: 6,
    topicFilterType: 'SINGLE_TAG',
    order: false,
    force: false,
  };
  const answer = await world.client().ask(updateTopic, header);
  expect(answer).toMatchObject({ code: 1, remark: expect.stringContaining('outcome unknown') });
  expect(
    world.brokerPlatform.logger.lines.some(
      ({ level, message }) => level === 'error' && message.includes('configuration file'),
    ),
  ).toBe(true);
});
