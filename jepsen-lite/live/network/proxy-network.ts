import { HOST } from '../../../cluster/launch/ports.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import { layLinks, type Ports } from '../chaos/parties.ts';
import { LinkMesh } from '../proxy/link-mesh.ts';
import type { Detours } from '../sick/patient.ts';
import type { LiveNetwork } from './live-network.ts';

/** All processes on one address of this machine, each of their links through a TCP proxy inside the run. Needs no rights. */
export class ProxyNetwork implements LiveNetwork {
  readonly by = 'the TCP proxies between the processes';
  readonly links: LinkMesh;
  readonly detours: ReadonlyMap<string, Detours>;
  readonly host = HOST;
  readonly keys = {};

  private constructor(links: LinkMesh, detours: ReadonlyMap<string, Detours>) {
    this.links = links;
    this.detours = detours;
  }

  static async lay(platform: Platform, ports: Ports): Promise<ProxyNetwork> {
    const links = new LinkMesh(platform, HOST);
    return new ProxyNetwork(links, await layLinks(links, ports));
  }

  commandPrefix(): readonly string[] {
    return [];
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.links.close();
    return Promise.resolve();
  }
}
