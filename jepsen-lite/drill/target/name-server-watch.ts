import { GroupView } from '../../../cluster/launch/group-view.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import type { RoleSighting } from './drill-target.ts';

export interface NameServerWatchOptions {
  readonly platform: Platform;
  readonly nameServer: string;
  /** Names of the members, by their addresses. */
  readonly names: ReadonlyMap<string, string>;
  /** Time since the run began, ms. */
  readonly nowMs: () => number;
}

const POLL_MS = 20;

/** What a name server says of a group, asked again and again: the only way to learn who leads in a group that has no pages of its own. */
export class NameServerWatch {
  /** Changes of the broker that is named as master; terms are counted from 1, as a name server tells none. */
  readonly sightings: RoleSighting[] = [];
  /** Addresses that are registered now. */
  registered: ReadonlySet<string> = new Set();
  /** Name of the master; undefined without one. */
  master: string | undefined;
  readonly #view: GroupView;
  readonly #options: NameServerWatchOptions;
  #term = 0;
  #stopped = false;
  readonly #ended: Promise<void>;

  constructor(options: NameServerWatchOptions) {
    this.#options = options;
    this.#view = new GroupView(options.platform, options.nameServer);
    this.#ended = this.#run();
  }

  get term(): number {
    return this.#term;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
    this.#view.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const info = await this.#view.clusterInfo();
      const brokers = [...(info?.brokerAddrTable.values() ?? [])].map(({ brokerAddrs }) => brokerAddrs);
      const ours = brokers.filter((each) => [...each.values()].some((address) => this.#options.names.has(address)));
      if (info !== undefined) {
        this.registered = new Set(ours.flatMap((each) => [...each.values()]));
        this.#heard(ours.map((each) => each.get(0)).find((address) => address !== undefined));
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #heard(address: string | undefined): void {
    const master = address === undefined ? undefined : this.#options.names.get(address);
    if (master === this.master) return;
    this.master = master;
    if (master === undefined) return;
    this.#term++;
    this.sightings.push({
      atMs: this.#options.nowMs(),
      member: master,
      role: 'leader',
      term: this.#term,
      leader: master,
    });
  }
}
