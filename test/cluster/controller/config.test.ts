import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { controllerGroup, loadControllerConfig } from '../../../cluster/controller/config.ts';
import { loadNamesrvConfig } from '../../../cluster/namesrv/config.ts';
import { isNamesrvKey } from '../../../cluster/namesrv/config-keys.ts';
import { loadBrokerConfig } from '../../../src/broker/config/broker-config.ts';

const conf = fileURLToPath(new URL('../../../conf/controller', import.meta.url));
const read = (file: string): string => readFileSync(`${conf}/${file}`, 'utf8');
const host = { homeDirectory: '/home/user', hostName: 'h', ipAddress: '10.0.0.1' };

describe('the shipped files of Controller mode load without a word', () => {
  it.each(readdirSync(conf, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.conf')))(
    '%s',
    (file) => {
      const text = read(file);
      if (file.includes('broker')) {
        const { config, errors, warnings } = loadBrokerConfig(text, host);
        expect([errors, warnings]).toEqual([[], []]);
        expect(config).toMatchObject({
          enableControllerMode: true,
          allAckInSyncStateSet: true,
          brokerName: 'broker-a',
        });
        return;
      }
      const { config, errors, warnings } = loadControllerConfig(text, '/home/user', {}, isNamesrvKey);
      expect([errors, warnings]).toEqual([[], []]);
      expect(controllerGroup(config)).toMatchObject({ groupName: 'group1' });
      expect(config.values.controllerStorePath).toBe('/home/user/store/controller');
      if (!file.includes('namesrv')) return;
      const nameServer = loadNamesrvConfig(text, '/home/user');
      expect([nameServer.errors, nameServer.warnings]).toEqual([[], []]);
      expect(nameServer.config.values.enableControllerInNamesrv).toBe(true);
    },
  );

  it('and give every broker and controller ports of its own', () => {
    const brokers = [0, 1, 2].map((index) => loadBrokerConfig(read(`quick-start/broker-n${index}.conf`), host).config);
    expect(brokers.map(({ listenPort }) => listenPort)).toEqual([30_911, 30_921, 30_931]);
    expect(new Set(brokers.map(({ storePathBrokerIdentity }) => storePathBrokerIdentity)).size).toBe(3);
    for (const folder of ['cluster-3n-independent/controller', 'cluster-3n-namesrv-plugin/namesrv']) {
      const groups = [0, 1, 2].map((index) => {
        return controllerGroup(loadControllerConfig(read(`${folder}-n${index}.conf`), '/h', {}, isNamesrvKey).config);
      });
      const own = groups.map((group) => (typeof group === 'string' ? group : `${group.self.id}:${group.self.port}`));
      expect(own).toEqual(['n0:9878', 'n1:9868', 'n2:9858']);
    }
  });
});

it.each([
  ['controllerType=jRaft', 'this controller replicates its own log and speaks no jRaft'],
  ['controllerDLegerGroup=', 'the group of the controllers needs a name'],
  ['heartbeatIntervalMs=500', 'it must be at least twice heartbeatIntervalMs=500'],
  ['scanNotActiveBrokerInterval=soon', 'it must be a whole number from 100'],
])('%s is refused with one sentence', (line, problem) => {
  const { errors } = loadControllerConfig(`controllerDLegerGroup=g\n${line}`, '/home');
  expect(errors).toHaveLength(1);
  expect(errors[0]!.problem).toContain(problem);
});
