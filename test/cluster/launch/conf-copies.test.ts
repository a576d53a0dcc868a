import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  brokerOverrides,
  nameServerOverrides,
  resolveProperties,
  shippedFile,
} from '../../../cluster/launch/conf-copies.ts';
import { findLayout, layouts } from '../../../cluster/launch/layouts.ts';
import { portsFrom, rocketmqPorts } from '../../../cluster/launch/ports.ts';
import { loadNamesrvConfig } from '../../../cluster/namesrv/config.ts';
import { loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';
import { parseProperties } from '../../../src/broker/config/properties.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const host = { homeDirectory: '/home/user', hostName: 'host', ipAddress: '192.0.2.1' };

test('values are replaced, keys added, others kept, and what needs an escape survives', () => {
  const overrides = { b: 'C:\\data #1', 'd e': ' x=y' };
  const text = resolveProperties('# comment\na=1\nb=2\nc = 3\n', overrides, 'Heading.');
  expect(text.split('\n')[0]).toBe('# Heading.');
  const entries = parseProperties(text).entries.map(({ key, value }) => [key, value]);
  expect(entries).toEqual([
    ['a', '1'],
    ['c', '3'],
    ['b', 'C:\\data #1'],
    ['d e', ' x=y'],
  ]);
});

test.each([0, 1, 2])("the shipped file of member n%i loads without a word and has RocketMQ's ports", (index) => {
  const { config, errors, warnings } = loadBrokerConfig(shippedFile(root, `dledger/broker-n${index}.conf`), host);
  expect([errors, warnings]).toEqual([[], []]);
  expect(config).toMatchObject({
    brokerClusterName: 'RaftCluster',
    brokerName: 'RaftNode00',
    listenPort: rocketmqPorts(3).brokers[index]?.listen,
    namesrvAddr: '127.0.0.1:9876',
    storePathRootDir: `/home/user/store/n${index}`,
    storePathCommitLog: `/home/user/store/n${index}/commitlog`,
    enableDLegerCommitLog: true,
    dLegerPeers: 'n0-127.0.0.1:40911;n1-127.0.0.1:40912;n2-127.0.0.1:40913',
    dLegerSelfId: `n${index}`,
  });
});

test('the shipped file of a lone broker loads without a word', () => {
  const { config, errors, warnings } = loadBrokerConfig(readFileSync(`${root}/conf/broker.conf`, 'utf8'), host);
  expect([errors, warnings]).toEqual([[], []]);
  expect(config).toMatchObject({ listenPort: 10911, brokerName: 'broker-a', enableDLegerCommitLog: false });
});

test('a resolved copy says where this member listens, and agrees with the others on who they are', () => {
  const plan = portsFrom(20_000, 4);
  const layout = findLayout('dledger')!;
  const copies = layout.brokers(4).map(({ file }, index) => {
    const overrides = brokerOverrides(layout, plan, index, `/data dir/store/n${index}`);
    return loadBrokerConfig(resolveProperties(shippedFile(root, file), overrides, 'Copy.'), host);
  });
  for (const { errors, warnings } of copies) expect([errors, warnings]).toEqual([[], []]);
  const configs = copies.map(({ config }) => config);
  expect(configs.map(({ listenPort }) => listenPort)).toEqual([20_010, 20_020, 20_030, 20_040]);
  expect(configs.map(({ dLegerSelfId }) => dLegerSelfId)).toEqual(['n0', 'n1', 'n2', 'n3']);
  expect(configs.map(({ storePathCommitLog }) => storePathCommitLog)[3]).toBe('/data dir/store/n3/commitlog');
  const peers = 'n0-127.0.0.1:20013;n1-127.0.0.1:20023;n2-127.0.0.1:20033;n3-127.0.0.1:20043';
  for (const config of configs) {
    expect(config).toMatchObject({ brokerIP1: '127.0.0.1', namesrvAddr: '127.0.0.1:20000', dLegerPeers: peers });
  }
});

const sets = layouts.filter(({ elects }) => !elects);

test.each(sets.flatMap((layout) => layout.brokers(0).map(({ name, file }) => [layout, name, file] as const)))(
  '$0.name: $1 loads without a word, belongs to its master, and gets ports and folder of its own',
  (layout, name, file) => {
    const shipped = loadBrokerConfig(shippedFile(root, file), host);
    expect([shipped.errors, shipped.warnings]).toEqual([[], []]);
    const slave = name.endsWith('-s');
    const role = slave ? 'SLAVE' : file.startsWith('2m-2s-sync') ? 'SYNC_MASTER' : 'ASYNC_MASTER';
    expect(shipped.config).toMatchObject({
      brokerRole: role,
      brokerId: slave ? 1 : 0,
      brokerName: name.replace(/-s$/, ''),
      brokerClusterName: 'DefaultCluster',
      storePathRootDir: `/home/user/store/${file === 'broker.conf' ? '' : `${file.split('/')[0]}/`}${name}`,
    });
    const index = layout.brokers(0).findIndex((broker) => broker.name === name);
    const overrides = brokerOverrides(layout, portsFrom(20_000, 4), index, `/data/store/${name}`);
    const { config, errors } = loadBrokerConfig(resolveProperties(shippedFile(root, file), overrides, 'Copy.'), host);
    expect(errors).toEqual([]);
    expect(config).toMatchObject({ listenPort: 20_010 + 10 * index, haListenPort: 20_011 + 10 * index });
    expect(config).toMatchObject({ storePathRootDir: `/data/store/${name}`, brokerIP1: '127.0.0.1' });
  },
);

test('the brokers of one shipped set have different ports', () => {
  for (const layout of sets) {
    const ports = layout
      .brokers(0)
      .map(({ file }) => loadBrokerConfig(shippedFile(root, file), host).config.listenPort);
    expect(new Set(ports).size).toBe(ports.length);
  }
});

test('three name servers with a controller each agree on who they are, and brokers know all of them', () => {
  const plan = portsFrom(20_000, 3);
  const layout = findLayout('cluster-3n-namesrv-plugin')!;
  expect(layout.nameServers.map(({ name }) => name)).toEqual(['namesrv', 'namesrv-n1', 'namesrv-n2']);
  const copies = layout.nameServers.map(({ name, file }, index) => {
    const overrides = nameServerOverrides(layout, plan, index, `/data/${name}`);
    const text = resolveProperties(shippedFile(root, file!), overrides, 'Copy.');
    expect(loadNamesrvConfig(text, '/home/user').errors).toEqual([]);
    return Object.fromEntries(parseProperties(text).entries.map(({ key, value }) => [key, value]));
  });
  const peers = 'n0-127.0.0.1:20002;n1-127.0.0.1:20004;n2-127.0.0.1:20007';
  copies.forEach((copy, index) => {
    expect(copy).toMatchObject({
      controllerDLegerPeers: peers,
      controllerDLegerSelfId: `n${index}`,
      listenPort: `${20_000 + 3 * index}`,
    });
  });
  const broker = brokerOverrides(layout, plan, 1, '/data/n1');
  expect(broker).toMatchObject({
    namesrvAddr: '127.0.0.1:20000;127.0.0.1:20003;127.0.0.1:20006',
    controllerAddr: '127.0.0.1:20002;127.0.0.1:20004;127.0.0.1:20007',
  });
});
