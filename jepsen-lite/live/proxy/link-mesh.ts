import type { Address, Platform } from '../../../src/platform/ports.ts';
import type { Links } from '../network/links.ts';
import { type Direction, type LinkQuality, perfectLink, perfectLinks } from './link.ts';
import { LinkProxy } from './link-proxy.ts';

/** Everything that can be wrong between two parties, as one value per way. */
interface Way {
  cuts: number;
  quality: LinkQuality;
}

/**
 * The links among named parties (members, name servers, clients), each dialed through proxies of its own, and hurt by names: what is cut from `a` to
 * `b` is cut on connections that `a` dialed and on those that `b` dialed. Cuts of several faults overlap: a way heals when the last of them is over.
 */
export class LinkMesh implements Links {
  readonly #platform: Platform;
  readonly #host: string;
  readonly #proxies = new Map<string, LinkProxy[]>();
  readonly #ways = new Map<string, Way>();

  /** Proxies listen on free ports of `host`. */
  constructor(platform: Platform, host: string) {
    this.#platform = platform;
    this.#host = host;
  }

  /** Lays a link over which `from` dials `to` at `target`, one of its addresses; resolves with the address that `from` has to dial instead. */
  async lay(from: string, to: string, target: Address): Promise<Address> {
    const proxy = new LinkProxy(this.#platform, target);
    const address = await proxy.start({ host: this.#host, port: 0 });
    this.#proxies.set(linkName(from, to), [...this.#between(from, to), proxy]);
    this.#tell(from, to);
    return address;
  }

  /** Nothing gets from `from` to `to` until as many calls of `heal` have come. */
  cut(from: string, to: string): void {
    this.#way(from, to).cuts++;
    this.#tellBoth(from, to);
  }

  heal(from: string, to: string): void {
    const way = this.#way(from, to);
    way.cuts = Math.max(0, way.cuts - 1);
    this.#tellBoth(from, to);
  }

  /** What is sent from `from` to `to` travels like this from now on. */
  setQuality(from: string, to: string, quality: LinkQuality = perfectLink): void {
    this.#way(from, to).quality = quality;
    this.#tellBoth(from, to);
  }

  /** All connections between the two break. */
  reset(a: string, b: string): void {
    for (const proxy of [...this.#between(a, b), ...this.#between(b, a)]) proxy.reset();
  }

  healAll(): void {
    this.#ways.clear();
    for (const proxy of this.#all) {
      proxy.qualities = perfectLinks;
      proxy.cut([]);
    }
  }

  /** Ways that are cut now, as `a>b`. */
  get cutWays(): readonly string[] {
    return [...this.#ways].filter(([, { cuts }]) => cuts > 0).map(([name]) => name);
  }

  close(): void {
    for (const proxy of this.#all) proxy.close();
    this.#proxies.clear();
  }

  get #all(): LinkProxy[] {
    return [...this.#proxies.values()].flat();
  }

  /** Those over which `from` dials `to`. */
  #between(from: string, to: string): readonly LinkProxy[] {
    return this.#proxies.get(linkName(from, to)) ?? [];
  }

  #way(from: string, to: string): Way {
    const name = linkName(from, to);
    let way = this.#ways.get(name);
    if (way === undefined) {
      way = { cuts: 0, quality: perfectLink };
      this.#ways.set(name, way);
    }
    return way;
  }

  #tellBoth(a: string, b: string): void {
    this.#tell(a, b);
    this.#tell(b, a);
  }

  #tell(from: string, to: string): void {
    const out = this.#ways.get(linkName(from, to));
    const back = this.#ways.get(linkName(to, from));
    const cut: Direction[] = [];
    if (out !== undefined && out.cuts > 0) cut.push('out');
    if (back !== undefined && back.cuts > 0) cut.push('in');
    for (const proxy of this.#between(from, to)) {
      proxy.qualities = { out: out?.quality ?? perfectLink, in: back?.quality ?? perfectLink };
      proxy.cut(cut);
    }
  }
}

function linkName(from: string, to: string): string {
  return `${from}>${to}`;
}
