import { GroupView } from '../../../cluster/launch/group-view.ts';
import { BrokerClient } from '../../../src/client/broker-client.ts';
import { ClientError } from '../../../src/client/errors.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import { kvTable } from '../../../src/protocol/body/kv-table.ts';
import { getBrokerRuntimeInfo } from '../../../src/protocol/command/get-broker-runtime-info.ts';
import { RemotingClient } from '../../../src/remoting/client.ts';
import type { RunningTarget } from '../plan/plan.ts';

/** A member of a running group, as it was when it was asked. */
export interface Present {
  readonly name: string;
  readonly address: string;
  /** The name server knows it. */
  readonly isRegistered: boolean;
  readonly leads: boolean;
  /** RocketMQ version that the broker tells of itself; undefined: it did not answer. */
  readonly version: string | undefined;
}

const PATIENCE_MS = 2_000;
const MASTER_ID = 0;

/** Asks the name server of a running group who leads, and each member for its version; undefined: the name server does not answer. Changes nothing. */
export async function rollCall(platform: Platform, target: RunningTarget): Promise<readonly Present[] | undefined> {
  const view = new GroupView(platform, target.nameServer);
  const remoting = new RemotingClient({ platform });
  try {
    const info = await view.clusterInfo();
    if (info === undefined) return undefined;
    const brokers = [...info.brokerAddrTable.values()].map(({ brokerAddrs }) => brokerAddrs);
    const masters = brokers.map((each) => each.get(MASTER_ID));
    const registered = brokers.flatMap((each) => [...each.values()]);
    const client = new BrokerClient(remoting);
    return await Promise.all(
      target.members.map(async ({ name, address }) => {
        const version = await versionOf(client, address);
        return { name, address, isRegistered: registered.includes(address), leads: masters.includes(address), version };
      }),
    );
  } finally {
    view.close();
    remoting.close();
  }
}

async function versionOf(client: BrokerClient, address: string): Promise<string | undefined> {
  try {
    const options = { timeoutMs: PATIENCE_MS };
    const { body } = await client.request(getBrokerRuntimeInfo, address, {}, undefined, options);
    const info = kvTable.decode(body);
    return info instanceof Error ? undefined : info.table.get('brokerVersionDesc');
  } catch (error) {
    if (error instanceof ClientError) return undefined;
    throw error;
  }
}

/** Versions of the brokers for a report: one where all have the same, else that of each. */
export function versionsText(present: readonly Pick<Present, 'name' | 'version'>[]): string {
  const versions = [...new Set(present.map(({ version = 'unknown' }) => version))];
  if (versions.length === 1) return versions[0] ?? 'unknown';
  return versions
    .map((version) => {
      const names = present.filter((each) => (each.version ?? 'unknown') === version).map(({ name }) => name);
      return `${version} (${names.join(' and ')})`;
    })
    .join(', ');
}
