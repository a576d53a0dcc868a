import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import type { Programs } from './group.ts';
import { freePortBase } from './ports.ts';
import { tail } from './tap.ts';

const bootTimeoutMs = 60_000;
const stopGraceMs = 15_000;
const brokers = [0, 1];

/** A name server of ours with the controller inside, and a set of two brokers in Controller mode. */
export class ControllerGroup {
  readonly folder: string;
  readonly nameServer: string;
  readonly controller: string;
  readonly brokerAddresses: readonly string[];
  readonly #nameServerProgram: readonly string[];
  readonly #brokerPrograms: Programs;
  readonly #children = new Map<string, Child>();

  private constructor(nameServer: readonly string[], brokerPrograms: Programs, folder: string, base: number) {
    this.#nameServerProgram = nameServer;
    this.#brokerPrograms = brokerPrograms;
    this.folder = folder;
    this.nameServer = `127.0.0.1:${base}`;
    this.controller = `127.0.0.1:${base + 2}`;
    this.brokerAddresses = brokers.map((index) => `127.0.0.1:${base + 10 * (index + 1)}`);
  }

  /** Starts everything; nothing is left running when that fails. */
  static async start(nameServer: readonly string[], brokerPrograms: Programs): Promise<ControllerGroup> {
    const ports = brokers.flatMap((index) => [8, 10, 11, 15].map((offset) => 10 * index + offset));
    const base = await freePortBase([0, 2, ...ports]);
    const folder = mkdtempSync(join(tmpdir(), 'ledgermq-controller-'));
    const group = new ControllerGroup(nameServer, brokerPrograms, folder, base);
    try {
      await group.startNameServer();
      for (const address of group.brokerAddresses) await group.startBroker(address);
    } catch (error) {
      await group.stop();
      throw error;
    }
    return group;
  }

  async startNameServer(): Promise<void> {
    await this.#start(
      this.nameServer,
      this.#nameServerProgram,
      {},
      {
        listenPort: portOf(this.nameServer),
        bindAddress: '127.0.0.1',
        kvConfigPath: join(this.folder, 'kv.json'),
        enableControllerInNamesrv: 'true',
        controllerDLegerGroup: 'group1',
        controllerDLegerPeers: `n0-${this.controller}`,
        controllerDLegerSelfId: 'n0',
        controllerStorePath: join(this.folder, 'controller'),
      },
    );
  }

  async startBroker(address: string): Promise<void> {
    const { broker, environment } = this.#brokerPrograms;
    const store = join(this.folder, `store-${portOf(address)}`);
    await this.#start(address, broker, environment, {
      brokerClusterName: 'DefaultCluster',
      brokerName: 'broker-a',
      brokerId: '-1',
      brokerRole: 'SLAVE',
      enableControllerMode: 'true',
      controllerAddr: this.controller,
      namesrvAddr: this.nameServer,
      allAckInSyncStateSet: 'true',
      brokerIP1: '127.0.0.1',
      listenPort: portOf(address),
      haListenPort: String(Number(portOf(address)) + 1),
      storePathRootDir: store,
      storePathCommitLog: join(store, 'commitlog'),
      mappedFileSizeCommitLog: String(16 << 20),
    });
  }

  async kill(name: string): Promise<void> {
    const child = this.#children.get(name);
    child?.kill('SIGKILL');
    await child?.ended;
    this.#children.delete(name);
  }

  /** Stops all programs, and removes what they left. */
  async stop(): Promise<void> {
    const children = [...this.#children.values()].reverse();
    for (const child of children) await child.stop(stopGraceMs);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  async #start(
    name: string,
    [command = '', ...args]: readonly string[],
    environment: Readonly<Record<string, string>>,
    settings: Readonly<Record<string, string>>,
  ): Promise<void> {
    const conf = join(this.folder, `${portOf(name)}.conf`);
    const home = join(this.folder, `home-${portOf(name)}`);
    mkdirSync(home, { recursive: true });
    writeFileSync(
      conf,
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    const child = new Child(command, [...args.map((each) => each.replace('{home}', home)), '-c', conf], {
      cwd: this.folder,
      environment: { ...environment, LEDGERMQ_RUN_DIR: join(this.folder, 'run') },
    });
    this.#children.set(name, child);
    if (await child.printed(/boot success/, bootTimeoutMs)) return;
    throw new Error(`${name} did not say "boot success":\n${tail(child.output)}`);
  }
}

function portOf(address: string): string {
  return address.slice(address.indexOf(':') + 1);
}
