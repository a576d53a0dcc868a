import type { Layout } from '../../../cluster/launch/layouts.ts';
import { NAME_SERVER } from '../../../cluster/launch/layouts.ts';
import { controllerPort, HOST, nameServerPort, type PortPlan } from '../../../cluster/launch/ports.ts';
import { formatAddress } from '../../../src/remoting/address.ts';
import type { LinkMesh } from '../proxy/link-mesh.ts';
import type { Detours } from '../sick/patient.ts';

/** Name of the first name server among the parties; a second one is `ns1`. */
export const NAME_SERVER_PARTY = 'ns';
export const CLIENTS_PARTY = 'clients';

/** Ports of parties, by name. */
export type Ports = ReadonlyMap<string, readonly number[]>;

/** Ports of each party that others dial. */
export function partyPorts(layout: Layout, plan: PortPlan): Ports {
  const names = layout.brokers(plan.brokers.length).map(({ name }) => name);
  const brokers = plan.brokers.map(({ listen, fast, peer, ha }, index) => {
    return [names[index] as string, [listen, fast, layout.replicatesOver === 'peer' ? peer : ha]] as const;
  });
  const nameServers = layout.nameServers.map(({ name, file }, index) => {
    // Those with files have a controller inside.
    const controllers = file === undefined ? [] : [controllerPort(plan, index)];
    return [partyOf(name), [nameServerPort(plan, index), ...controllers]] as const;
  });
  return new Map<string, readonly number[]>([...brokers, ...nameServers]);
}

/** Ports at which brokers tell how they are. */
export function pagePorts(layout: Layout, plan: PortPlan): Ports {
  const names = layout.brokers(plan.brokers.length).map(({ name }) => name);
  return new Map(plan.brokers.map(({ http }, index) => [names[index] as string, [http]]));
}

/** The party that a process of a group is. */
export function partyOf(processName: string): string {
  return processName.startsWith(NAME_SERVER)
    ? `${NAME_SERVER_PARTY}${processName.slice(NAME_SERVER.length).replace('-n', '')}`
    : processName;
}

/** Lays a link from every party to every address of the others; returns the detours of each. */
export async function layLinks(mesh: LinkMesh, ports: Ports): Promise<Map<string, Detours>> {
  const all = new Map<string, Detours>();
  for (const from of [...ports.keys(), CLIENTS_PARTY]) {
    const detours: Record<string, string> = {};
    for (const [to, targets] of ports) {
      if (to === from) continue;
      for (const port of targets) {
        const target = { host: HOST, port };
        detours[formatAddress(target)] = formatAddress(await mesh.lay(from, to, target));
      }
    }
    all.set(from, detours);
  }
  return all;
}
