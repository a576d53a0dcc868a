import { knownKeys } from '../../../src/broker/config/known-keys.ts';
import { parseProperties } from '../../../src/broker/config/properties.ts';
import { BrokerClient } from '../../../src/client/broker-client.ts';
import { ClientError } from '../../../src/client/errors.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import { getBrokerConfig } from '../../../src/protocol/command/get-broker-config.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import { isPlaceKey } from '../plan/owned-keys.ts';

/** A key whose value is not LedgerMQ's default, or not the same on all members. */
export interface ChangedKey {
  readonly key: string;
  /** LedgerMQ's default; undefined: it has no such key. */
  readonly usual?: string | undefined;
  /** What each member told, by its name. */
  readonly values: Readonly<Record<string, string>>;
}

/** How the brokers of a drill are configured, as far as it is not what everybody has. */
export interface BrokerKeys {
  readonly changed: readonly ChangedKey[];
  /** Names of the members that did not answer. */
  readonly silent: readonly string[];
}

export interface Broker {
  readonly name: string;
  readonly address: string;
}

type Told = ReadonlyMap<string, string>;

const PATIENCE_MS = 2_000;

/** Asks each broker for its configuration, LedgerMQ's or RocketMQ's (`GET_BROKER_CONFIG`). `asked`: keys that the plan sets. */
export async function askBrokerKeys(
  platform: Platform,
  brokers: readonly Broker[],
  asked: readonly string[],
): Promise<BrokerKeys> {
  const remoting = new RemotingClient({ platform });
  try {
    const client = new BrokerClient(remoting);
    const answers = await Promise.all(
      brokers.map(async ({ name, address }) => [name, await keysOf(client, address)] as const),
    );
    const told = answers.flatMap(([name, keys]) => (keys === undefined ? [] : [[name, keys] as const]));
    const silent = answers.filter(([, keys]) => keys === undefined).map(([name]) => name);
    return { changed: changedKeys(new Map(told), asked), silent };
  } finally {
    remoting.close();
  }
}

async function keysOf(client: BrokerClient, address: string): Promise<Told | undefined> {
  try {
    const { body } = await client.request(getBrokerConfig, address, {}, undefined, { timeoutMs: PATIENCE_MS });
    return new Map(parseProperties(body.toString('utf8')).entries.map(({ key, value }) => [key, value]));
  } catch (error) {
    if (error instanceof ClientError) return undefined;
    throw error;
  }
}

/** What is unlike the defaults or unlike on some members, by key. */
export function changedKeys(told: ReadonlyMap<string, Told>, asked: readonly string[]): ChangedKey[] {
  const keys = new Set([...asked, ...[...told.values()].flatMap((each) => [...each.keys()])]);
  // Where a member is, and on which machine, differs without any meaning for a drill.
  return [...keys]
    .filter((key) => !isPlaceKey(key) && key !== 'machineMemoryBytes')
    .sort()
    .map((key): ChangedKey => ({ key, usual: usualOf(key), values: valuesOf(told, key) }))
    .filter(({ key, usual, values }) => {
      const all = new Set(Object.values(values));
      // Who is master says the Controller, and says so in a key of RocketMQ's brokers.
      if (key === 'brokerRole' && [...told.values()].some((each) => each.get('enableControllerMode') === 'true'))
        return false;
      return all.size > 1 || (usual === undefined ? asked.includes(key) : !all.has(usual));
    });
}

function usualOf(key: string): string | undefined {
  const spec = Object.hasOwn(knownKeys, key) ? knownKeys[key as keyof typeof knownKeys] : undefined;
  return spec === undefined ? undefined : String(spec.default);
}

function valuesOf(told: ReadonlyMap<string, Told>, key: string): Record<string, string> {
  return Object.fromEntries([...told].flatMap(([name, each]) => (each.has(key) ? [[name, each.get(key) ?? '']] : [])));
}
