import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Property, parseProperties } from '../../src/broker/config/properties.ts';
import type { PortPlan } from './ports.ts';

const HOST = '127.0.0.1';

/** Keys and values that go over those of a file. */
export type Overrides = Readonly<Record<string, string>>;

/** The text of a properties file with some values replaced and some keys added; comments are left out. */
export function resolveProperties(template: string, overrides: Overrides, heading: string): string {
  const kept = parseProperties(template).entries.filter(({ key }) => !(key in overrides));
  const own = Object.entries(overrides).map(([key, value]): Pick<Property, 'key' | 'value'> => ({ key, value }));
  const lines = [...kept, ...own].map(
    ({ key, value }) => `${escapeProperty(key, /[\\=: #!]/g)}=${escapeValue(value)}\n`,
  );
  return `# ${heading}\n${lines.join('')}`;
}

function escapeValue(value: string): string {
  return escapeProperty(value, /\\|^ /g).replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function escapeProperty(text: string, special: RegExp): string {
  return text.replace(special, (found) => `\\${found}`);
}

/** What makes of conf/dledger/broker-nX.conf the broker with this index of a group in `storeDirectory`. */
export function brokerOverrides(plan: PortPlan, index: number, storeDirectory: string): Overrides {
  const ports = plan.brokers[index];
  if (ports === undefined) throw new RangeError(`no broker ${index} in the plan`);
  const peers = plan.brokers.map(({ peer }, each) => `n${each}-${HOST}:${peer}`);
  return {
    listenPort: String(ports.listen),
    bindAddress: HOST,
    brokerIP1: HOST,
    namesrvAddr: `${HOST}:${plan.nameServer}`,
    storePathRootDir: storeDirectory,
    storePathCommitLog: join(storeDirectory, 'commitlog'),
    dLegerPeers: peers.join(';'),
    dLegerSelfId: `n${index}`,
  };
}

/** What the name server of a group is told. */
export function nameServerOverrides(plan: PortPlan, directory: string): Overrides {
  return {
    listenPort: String(plan.nameServer),
    bindAddress: HOST,
    kvConfigPath: join(directory, 'kvConfig.json'),
    configStorePath: join(directory, 'namesrv.properties'),
  };
}

/** The shipped configuration of a member; members beyond the shipped ones start from the first. */
export function brokerTemplate(root: string, index: number): string {
  const folder = join(root, 'conf', 'dledger');
  const own = join(folder, `broker-n${index}.conf`);
  return readFileSync(existsSync(own) ? own : join(folder, 'broker-n0.conf'), 'utf8');
}
