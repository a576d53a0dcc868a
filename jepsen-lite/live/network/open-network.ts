import type { Layout } from '../../../cluster/launch/layouts.ts';
import type { PortPlan } from '../../../cluster/launch/ports.ts';
import { StartFailure } from '../../../cluster/launch/start-group.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import { pagePorts, partyPorts } from '../chaos/parties.ts';
import type { Undoer } from '../watchdog/watchdog.ts';
import type { LiveNetwork } from './live-network.ts';
import { NamespaceNetwork } from './namespace-network.ts';
import { ProxyNetwork } from './proxy-network.ts';

/** By what means links are cut. */
export type CutMeans = 'proxies' | 'namespaces';

export const cutMeans: readonly CutMeans[] = ['proxies', 'namespaces'];

export interface OpenNetworkOptions {
  readonly means: CutMeans;
  readonly layout: Layout;
  readonly plan: PortPlan;
  readonly real: Platform;
  readonly watchdog: Undoer;
  readonly failed: (error: Error) => void;
}

/** Lays the links among the processes of a group. Throws `StartFailure` where this process may not. */
export async function openNetwork(options: OpenNetworkOptions): Promise<LiveNetwork> {
  const { means, layout, plan, real: platform, watchdog, failed } = options;
  const ports = partyPorts(layout, plan);
  if (means === 'proxies') return await ProxyNetwork.lay(platform, ports);
  const asked = pagePorts(layout, plan);
  return await NamespaceNetwork.lay({ platform, ports, asked, watchdog, failed }).catch((error: Error) => {
    throw new StartFailure(
      `Network namespaces cannot be made here (${error.message}); cuts by proxies need no rights and no tools.`,
    );
  });
}
