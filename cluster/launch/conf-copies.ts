import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Property, parseProperties } from '../../src/broker/config/properties.ts';
import type { Layout } from './layouts.ts';
import { HOST, nameServerPort, type PortPlan } from './ports.ts';

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

/** What makes of a shipped file the broker with this index of a layout, in `storeDirectory`. */
export function brokerOverrides(layout: Layout, plan: PortPlan, index: number, storeDirectory: string): Overrides {
  const ports = plan.brokers[index];
  if (ports === undefined) throw new RangeError(`no broker ${index} in the plan`);
  return {
    listenPort: String(ports.listen),
    bindAddress: HOST,
    brokerIP1: HOST,
    namesrvAddr: nameServerAddresses(layout, plan),
    storePathRootDir: storeDirectory,
    storePathCommitLog: join(storeDirectory, 'commitlog'),
    ...layout.brokerKeys(plan, index),
  };
}

/** `host:port` of every name server, separated by `;`. */
export function nameServerAddresses({ nameServers }: Layout, plan: PortPlan): string {
  return nameServers.map((_, index) => `${HOST}:${nameServerPort(plan, index)}`).join(';');
}

/** What the name server with this index of a layout is told. */
export function nameServerOverrides(layout: Layout, plan: PortPlan, index: number, directory: string): Overrides {
  return {
    ...layout.nameServers[index]?.keys?.(plan, directory),
    listenPort: String(nameServerPort(plan, index)),
    bindAddress: HOST,
    kvConfigPath: join(directory, 'kvConfig.json'),
    configStorePath: join(directory, 'namesrv.properties'),
  };
}

/** A shipped configuration file; `file` is relative to `conf/`. */
export function shippedFile(root: string, file: string): string {
  return readFileSync(join(root, 'conf', file), 'utf8');
}
