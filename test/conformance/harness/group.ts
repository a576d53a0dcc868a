import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { freePortBase } from './ports.ts';
import { brokerAddressesOf, masterAddress } from './remoting.ts';
import { tail } from './tap.ts';
import { Ports, type Server, type Settings, type Topology, topologyOf } from './topology.ts';

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
  /** One for each set of brokers that replicate among themselves, and so for each master. */
  readonly brokerNames: readonly string[];
  readonly brokerAddresses: readonly string[];
  readonly #topology: Topology;
  readonly #programs: Programs;
  readonly #ports: Ports;
  readonly #children = new Map<string, Child>();

  private constructor(server: Server, programs: Programs, folder: string, ports: Ports) {
    this.server = server;
    this.#programs = programs;
    this.#ports = ports;
    this.#topology = topologyOf(server);
    this.folder = folder;
    folders.add(folder);
    this.nameServer = `127.0.0.1:${ports.base}`;
    this.clusterName = this.#topology.clusterName;
    this.brokerNames = [...new Set(this.#topology.members.map(({ brokerName }) => brokerName))];
    this.brokerAddresses = this.#topology.members.map((_, index) => `127.0.0.1:${ports.broker(index)}`);
  }

  /** Starts everything and waits until masters serve and all brokers are registered. Nothing is left running when that fails. */
  static async start(server: Server, programs: Programs): Promise<Group> {
    const base = await freePortBase(Ports.offsets(topologyOf(server).members.length));
    const folder = mkdtempSync(join(tmpdir(), 'ledgermq-conformance-'));
    const group = new Group(server, programs, folder, new Ports(base));
    try {
      await group.#startNameServer();
      await Promise.all(group.brokerAddresses.map((_, index) => group.#startBroker(index)));
      await group.#awaitMasters();
      await group.#awaitSlaves();
    } catch (error) {
      await group.stop(true);
      throw error;
    }
    return group;
  }

  /** The servers are RocketMQ's own. */
  get stock(): boolean {
    return this.server.startsWith('stock');
  }

  /** Another broker leads when the leader is lost. */
  get elects(): boolean {
    return this.#topology.elects;
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

  /** Starts a broker again that was killed, as a supervisor does; resolves when it has booted. */
  async restart(address: string): Promise<void> {
    await this.#startBroker(this.brokerAddresses.indexOf(address));
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

  async #startNameServer(): Promise<void> {
    const { base } = this.#ports;
    const settings = { listenPort: String(base), ...this.#topology.nameServer(this.#ports, this.folder) };
    await this.#startProgram('name server', this.#programs.nameServer, 'namesrv', settings);
  }

  async #startBroker(index: number): Promise<void> {
    const member = this.#topology.members[index];
    if (member === undefined) throw new Error(`no broker ${index}`);
    const store = join(this.folder, `store-${index}`);
    const settings = {
      brokerClusterName: this.clusterName,
      brokerName: member.brokerName,
      brokerIP1: '127.0.0.1',
      listenPort: String(this.#ports.broker(index)),
      namesrvAddr: this.nameServer,
      storePathRootDir: store,
      storePathCommitLog: join(store, 'commitlog'),
      mappedFileSizeCommitLog: String(64 << 20),
      autoCreateTopicEnable: 'true',
      ...member.settings(this.#ports),
      // RocketMQ refuses sends that waited 200 ms, which a JVM does while it warms up on a busy machine.
      ...(this.stock ? { waitTimeMillsInSendQueue: '5000' } : {}),
    };
    await this.#startProgram(this.brokerAddresses[index] ?? '', this.#programs.broker, `broker-${index}`, settings);
  }

  async #startProgram(
    name: string,
    [command, ...args]: readonly string[],
    file: string,
    settings: Settings,
  ): Promise<void> {
    if (command === undefined) throw new Error(`no command for ${name}`);
    const conf = join(this.folder, `${file}.conf`);
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(conf, lines.join(''));
    const home = join(this.folder, `home-${file}`);
    mkdirSync(home, { recursive: true });
    const child = new Child(command, [...args.map((each) => each.replace('{home}', home)), '-c', conf], {
      cwd: this.folder,
      logFile: join(this.folder, `${file}.out`),
      environment: { ...this.#programs.environment, LEDGERMQ_RUN_DIR: join(this.folder, 'run') },
    });
    this.#children.set(name, child);
    if (await child.printed(/boot success/, bootTimeoutMs)) return;
    throw new Error(`${name} did not say "boot success":\n${tail(child.output)}`);
  }

  /** Before slaves follow, a SYNC_MASTER answers sends with SLAVE_NOT_AVAILABLE. */
  async #awaitSlaves(): Promise<void> {
    const pairs = this.#topology.members.map(({ settings }) => settings(this.#ports)['brokerRole'] === 'SYNC_MASTER');
    for (const [index, isMaster] of pairs.entries()) {
      const child = this.#children.get(this.brokerAddresses[index] ?? '');
      if (isMaster && !(await child?.printed(/A slave follows/, leaderTimeoutMs)))
        throw new Error(`no slave followed ${this.brokerAddresses[index]} within ${leaderTimeoutMs} ms`);
    }
  }

  async #awaitMasters(): Promise<void> {
    const endAt = Date.now() + leaderTimeoutMs;
    for (;;) {
      const registered = await brokerAddressesOf(this.nameServer);
      const masters = registered.filter(({ id }) => id === 0).length;
      if (registered.length === this.brokerAddresses.length && masters === this.brokerNames.length) return;
      const crashed = this.crashed();
      if (crashed.length > 0) throw new Error(crashed.join('\n'));
      if (Date.now() > endAt)
        throw new Error(`not all brokers serve after ${leaderTimeoutMs} ms (${JSON.stringify(registered)})`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
