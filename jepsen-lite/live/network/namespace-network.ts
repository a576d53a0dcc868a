import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { HOST } from '../../../cluster/launch/ports.ts';
import { assert } from '../../../src/base/assert.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import { formatAddress } from '../../../src/remoting/address.ts';
import { CLIENTS_PARTY, type Ports } from '../chaos/parties.ts';
import { LinkProxy } from '../proxy/link-proxy.ts';
import { runCommand } from '../run-command.ts';
import type { Detours } from '../sick/patient.ts';
import type { Undoer } from '../watchdog/watchdog.ts';
import { type Place, PREFIX_BITS, placesOf, prefixOf } from './address-plan.ts';
import type { LiveNetwork } from './live-network.ts';
import { NamespaceLinks, neighbour } from './namespace-links.ts';

export interface NamespaceNetworkOptions {
  readonly platform: Platform;
  /** Ports of each party that others dial. */
  readonly ports: Ports;
  /** Further ports that the run asks, by party. */
  readonly asked: Ports;
  readonly watchdog: Undoer;
  readonly failed: (error: Error) => void;
}

const NETWORKS = 256;
/** Name of the only device in a namespace. */
const DEVICE = 'link0';

/**
 * A network namespace for each process, all on one switch, which is in a namespace of its own: when those are deleted nothing is left. Clients stay in the run's own
 * namespace. Needs root's rights, and `ip` and `nsenter`.
 */
export class NamespaceNetwork implements LiveNetwork {
  readonly by = 'network namespaces on one switch, in which a sender loses its way to a receiver';
  readonly links: NamespaceLinks;
  readonly detours: ReadonlyMap<string, Detours>;
  readonly host: string;
  readonly keys = { bindAddress: '0.0.0.0', httpBindAddress: '0.0.0.0' };
  readonly #options: NamespaceNetworkOptions;
  readonly #name: string;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #proxies: LinkProxy[] = [];

  private constructor(options: NamespaceNetworkOptions, network: number) {
    this.#options = options;
    this.#name = `lmq${network}`;
    this.#places = placesOf([...options.ports.keys(), CLIENTS_PARTY], network);
    this.host = this.#place(CLIENTS_PARTY).outOfBand;
    this.detours = detoursOf(options.ports, this.#places);
    this.links = new NamespaceLinks({
      places: this.#places,
      tell: (party, args) => this.#ip(party, ...args, this.#deviceOf(party)),
      failed: options.failed,
    });
  }

  /** Makes the namespaces; the watchdog deletes them if the run cannot. Rejects with a sentence if it may not; then none is left. */
  static async lay(options: NamespaceNetworkOptions): Promise<NamespaceNetwork> {
    const network = new NamespaceNetwork(options, freeNetwork());
    const numbers: number[] = [];
    try {
      await network.#lay(numbers);
    } catch (error) {
      for (const number of numbers) await options.watchdog.undo(number);
      throw error;
    }
    return network;
  }

  commandPrefix(party: string): readonly string[] {
    return ['nsenter', `--net=/run/netns/${this.#namespaceOf(party)}`];
  }

  async open(): Promise<void> {
    for (const [party, ports] of [...this.#options.ports, ...this.#options.asked]) {
      for (const port of ports) {
        const proxy = new LinkProxy(this.#options.platform, { host: this.#place(party).outOfBand, port });
        await proxy.start({ host: HOST, port });
        this.#proxies.push(proxy);
      }
    }
  }

  /** The namespaces go with the watchdog's undoing. */
  async close(): Promise<void> {
    for (const proxy of this.#proxies) proxy.close();
    await this.links.settled();
    this.links.close();
  }

  async #lay(numbers: number[]): Promise<void> {
    const add = async (namespace: string): Promise<void> => {
      numbers.push(await this.#options.watchdog.register({ kind: 'delete-namespace', name: namespace }));
      await runCommand(['ip', 'netns', 'add', namespace]);
    };
    await add(this.#name);
    await this.#inSwitch('link', 'add', 'switch', 'type', 'bridge');
    await this.#inSwitch('link', 'set', 'switch', 'up');
    for (const party of this.#places.keys()) {
      if (party !== CLIENTS_PARTY) await add(this.#namespaceOf(party));
      await this.#plugIn(party);
    }
    for (const party of this.#places.keys()) {
      for (const [other, { address, mac }] of this.#places) {
        if (other !== party) await this.#ip(party, ...neighbour(address, mac), this.#deviceOf(party));
      }
    }
  }

  /** Lays a cable from the switch to a party, and gives it its addresses. */
  async #plugIn(party: string): Promise<void> {
    const { address, outOfBand, mac } = this.#place(party);
    const device = this.#deviceOf(party);
    const peer = party === CLIENTS_PARTY ? ['netns', String(process.pid)] : ['netns', this.#namespaceOf(party)];
    await this.#inSwitch('link', 'add', `to-${party}`, 'type', 'veth', 'peer', 'name', device, 'address', mac, ...peer);
    await this.#inSwitch('link', 'set', `to-${party}`, 'master', 'switch', 'up');
    if (party !== CLIENTS_PARTY) await this.#ip(party, 'link', 'set', 'lo', 'up');
    await this.#ip(party, 'link', 'set', device, 'up');
    for (const each of [address, outOfBand])
      await this.#ip(party, 'address', 'add', `${each}/${PREFIX_BITS}`, 'dev', device);
  }

  #place(party: string): Place {
    const place = this.#places.get(party);
    assert(place !== undefined, 'every party has its place');
    return place;
  }

  #namespaceOf(party: string): string {
    return `${this.#name}-${party}`;
  }

  #deviceOf(party: string): string {
    return party === CLIENTS_PARTY ? this.#name : DEVICE;
  }

  async #ip(party: string, ...args: readonly string[]): Promise<void> {
    const inside = party === CLIENTS_PARTY ? [] : ['-n', this.#namespaceOf(party)];
    await runCommand(['ip', ...inside, ...args]);
  }

  async #inSwitch(...args: readonly string[]): Promise<void> {
    await runCommand(['ip', '-n', this.#name, ...args]);
  }
}

function detoursOf(ports: Ports, places: ReadonlyMap<string, Place>): Map<string, Detours> {
  const entries = [...ports].map(([to, targets]) => {
    const host = places.get(to)?.address ?? HOST;
    return [to, targets.map((port) => [formatAddress({ host: HOST, port }), formatAddress({ host, port })])] as const;
  });
  return new Map(
    [...places.keys()].map((from) => {
      const others = entries.filter(([to]) => to !== from);
      return [from, Object.fromEntries(others.flatMap(([, pairs]) => pairs)) as Detours];
    }),
  );
}

/** One whose addresses this machine does not have yet. */
function freeNetwork(): number {
  const taken = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (;;) {
    const network = randomInt(NETWORKS);
    if (!taken.some(({ address }) => address.startsWith(prefixOf(network)))) return network;
  }
}
