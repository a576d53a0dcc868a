import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { freePortBase } from './ports.ts';
import { masterAddress } from './remoting.ts';
import { tail } from './tap.ts';

/** Whose servers a suite runs against. */
export type Server = 'ledgermq' | 'ledgermq-sync-master' | 'stock' | 'stock-dledger';

export const servers: readonly Server[] = ['ledgermq', 'ledgermq-sync-master', 'stock', 'stock-dledger'];

/** How many brokers each has: three elect one, a pair is a SYNC_MASTER and its slave. */
const brokerCounts: Readonly<Record<Server, number>> = {
  ledgermq: 3,
  'ledgermq-sync-master': 2,
  stock: 1,
  'stock-dledger': 3,
};

/** How the two programs of a server are started; both take `-c FILE`. */
export type Programs = {
  readonly nameServer: readonly string[];
  readonly broker: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

const bootTimeoutMs = 60_000;
const leaderTimeoutMs = 60_000;
const stopGraceMs = 15_000;

const folders = new Set<string>();

/** Removes what groups have left, for use when the harness itself is stopped and its children are killed. */
export function removeGroupFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** A name server and its brokers on free ports of 127.0.0.1, with their data in a temporary folder. */
export class Group {
  readonly server: Server;
  readonly folder: string;
  readonly nameServer: string;
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerAddresses: readonly string[];
  readonly #programs: Programs;
  readonly #base: number;
  readonly #children = new Map<string, Child>();

  private constructor(server: Server, programs: Programs, folder: string, base: number) {
    this.server = server;
    this.#programs = programs;
    this.#base = base;
    this.folder = folder;
    folders.add(folder);
    this.nameServer = `127.0.0.1:${base}`;
    this.clusterName = this.#replicated ? 'RaftCluster' : 'DefaultCluster';
    this.brokerName = this.#replicated ? 'RaftNode00' : 'broker-a';
    const count = brokerCounts[server];
    this.brokerAddresses = Array.from({ length: count }, (_, index) => `127.0.0.1:${base + 10 * (index + 1)}`);
  }

  /** Starts everything and waits until a master serves. Nothing is left running when that fails. */
  static async start(server: Server, programs: Programs): Promise<Group> {
    const base = await freePortBase([
      0,
      ...[10, 20, 30].flatMap((each) => [each - 2, each, each + 1, each + 5]),
      41,
      42,
      43,
    ]);
    const group = new Group(server, programs, mkdtempSync(join(tmpdir(), 'ledgermq-conformance-')), base);
    try {
      await group.#startNameServer();
      await Promise.all(group.brokerAddresses.map((address, index) => group.#startBroker(address, index)));
      await group.#awaitMaster();
      if (group.#isPair) await group.#awaitSlave();
    } catch (error) {
      await group.stop(true);
      throw error;
    }
    return group;
  }

  /** Several brokers, one of which may be lost. */
  get replicated(): boolean {
    return this.#replicated;
  }

  /** Folder for what clients write: their logs and local offsets. */
  clientHome(name: string): string {
    const home = join(this.folder, `client-${name}`);
    mkdirSync(home, { recursive: true });
    return home;
  }

  /** SIGKILLs the broker that the name server calls master, and tells its address. */
  async killMaster(): Promise<string> {
    const address = await masterAddress(this.nameServer);
    const child = address === undefined ? undefined : this.#children.get(address);
    if (address === undefined || child === undefined)
      throw new Error(`no broker of ours is master (${address ?? 'none'})`);
    child.kill('SIGKILL');
    await child.ended;
    this.#children.delete(address);
    return address;
  }

  /** Brokers that have ended although nobody asked them to, each with the end of its output. */
  crashed(): string[] {
    return [...this.#children]
      .filter(([, child]) => !child.alive)
      .map(([name, child]) => `${name} has ended:\n${tail(child.output)}`);
  }

  /** Stops all programs; with `keep` the folder stays for a look. */
  async stop(keep: boolean): Promise<void> {
    const [nameServer, ...brokers] = [...this.#children.values()];
    await Promise.all(brokers.map((child) => child.stop(stopGraceMs)));
    await nameServer?.stop(stopGraceMs);
    folders.delete(this.folder);
    if (keep) console.log(`logs and data are kept in ${this.folder}`);
    else rmSync(this.folder, { recursive: true, force: true });
  }

  get #replicated(): boolean {
    return brokerCounts[this.server] === 3;
  }

  async #startNameServer(): Promise<void> {
    const settings = { listenPort: String(this.#base) };
    await this.#startProgram('name server', this.#programs.nameServer, 'namesrv', settings);
  }

  async #startBroker(address: string, index: number): Promise<void> {
    const store = join(this.folder, `store-${index}`);
    const peers = [0, 1, 2].map((each) => `n${each}-127.0.0.1:${this.#base + 41 + each}`).join(';');
    const settings = {
      brokerClusterName: this.clusterName,
      brokerName: this.brokerName,
      brokerIP1: '127.0.0.1',
      listenPort: address.slice(address.indexOf(':') + 1),
      namesrvAddr: this.nameServer,
      storePathRootDir: store,
      storePathCommitLog: join(store, 'commitlog'),
      mappedFileSizeCommitLog: String(64 << 20),
      autoCreateTopicEnable: 'true',
      ...(this.#replicated
        ? { enableDLegerCommitLog: 'true', dLegerGroup: this.brokerName, dLegerPeers: peers, dLegerSelfId: `n${index}` }
        : { brokerId: String(index), ...(this.#isPair ? { brokerRole: index === 0 ? 'SYNC_MASTER' : 'SLAVE' } : {}) }),
      // RocketMQ refuses sends that waited 200 ms, which a JVM does while it warms up on a busy machine.
      ...(this.server.startsWith('ledgermq') ? {} : { waitTimeMillsInSendQueue: '5000' }),
    };
    await this.#startProgram(address, this.#programs.broker, `broker-${index}`, settings);
  }

  async #startProgram(
    name: string,
    [command, ...args]: readonly string[],
    file: string,
    settings: Readonly<Record<string, string>>,
  ): Promise<void> {
    if (command === undefined) throw new Error(`no command for ${name}`);
    const conf = join(this.folder, `${file}.conf`);
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(conf, lines.join(''));
    const home = join(this.folder, `home-${file}`);
    mkdirSync(home);
    const child = new Child(command, [...args.map((each) => each.replace('{home}', home)), '-c', conf], {
      cwd: this.folder,
      logFile: join(this.folder, `${file}.out`),
      environment: { ...this.#programs.environment, LEDGERMQ_RUN_DIR: join(this.folder, 'run') },
    });
    this.#children.set(name, child);
    if (await child.printed(/boot success/, bootTimeoutMs)) return;
    throw new Error(`${name} did not say "boot success":\n${tail(child.output)}`);
  }

  get #isPair(): boolean {
    return brokerCounts[this.server] === 2;
  }

  /** Before it follows, sends are answered with SLAVE_NOT_AVAILABLE. */
  async #awaitSlave(): Promise<void> {
    const master = this.#children.get(this.brokerAddresses[0] ?? '');
    if (master === undefined || !(await master.printed(/A slave follows/, leaderTimeoutMs)))
      throw new Error(`no slave followed the master within ${leaderTimeoutMs} ms`);
  }

  async #awaitMaster(): Promise<void> {
    const endAt = Date.now() + leaderTimeoutMs;
    for (;;) {
      const address = await masterAddress(this.nameServer);
      if (address !== undefined && this.brokerAddresses.includes(address)) return;
      const crashed = this.crashed();
      if (crashed.length > 0) throw new Error(crashed.join('\n'));
      if (Date.now() > endAt)
        throw new Error(`no broker became master within ${leaderTimeoutMs} ms (saw ${address ?? 'none'})`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
