import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isRunning,
  killProcess,
  type LaunchedProcess,
  launchCommand,
  signalProcess,
  stopProcess,
} from '../../../cluster/launch/launched-process.ts';
import { NAME_SERVER } from '../../../cluster/launch/layouts.ts';
import { HOST, type PortPlan } from '../../../cluster/launch/ports.ts';
import { assert } from '../../../src/base/assert.ts';
import { formatAddress, parseAddress } from '../../../src/remoting/address.ts';
import { Hurtable, type Victim } from '../../live/chaos/hurtable.ts';
import { NAME_SERVER_PARTY } from '../../live/chaos/parties.ts';
import type { DiskHolder } from '../../live/chaos/platform-faults.ts';
import type { FullDisks } from '../../live/disk/full-disks.ts';
import type { LinkMesh } from '../../live/proxy/link-mesh.ts';
import type { Detours } from '../../live/sick/patient.ts';
import { MARK_VARIABLE } from '../../live/watchdog/undo.ts';
import type { StockTarget } from '../plan/plan.ts';
import { stockArguments } from './stock-programs.ts';
import { brokerSettings, nameServerSettings, type StockSettingsOptions } from './stock-settings.ts';

/** One broker of RocketMQ. */
export class StockMember implements Victim {
  state: Victim['state'] = 'down';
  readonly name: string;
  /** Where clients find it, and its port for the other members. */
  readonly listen: number;
  readonly peer: number;

  constructor(name: string, listen: number, peer: number) {
    this.name = name;
    this.listen = listen;
    this.peer = peer;
  }

  get address(): string {
    return `${HOST}:${this.listen}`;
  }
}

export interface StockProcessesOptions {
  readonly folder: string;
  readonly classPath: string;
  readonly plan: PortPlan;
  readonly mesh: LinkMesh;
  /** Of each member, for what it dials. */
  readonly detours: ReadonlyMap<string, Detours>;
  readonly mark: string;
  /** Of the members; undefined where no fault fills them. */
  readonly disks: FullDisks | undefined;
  readonly mode: StockTarget['mode'];
  readonly brokerKeys: Readonly<Record<string, string>>;
  /** Name of the member that leads, as far as is known. */
  readonly leaderName: () => string | undefined;
  readonly failed: (error: Error) => void;
}

/** Where a member of a group below `folder` keeps its data. */
export function stockStore(folder: string, name: string): string {
  return join(folder, name, 'store');
}

/** A name server and brokers of RocketMQ as processes of this machine. */
export class StockProcesses extends Hurtable<StockMember> implements DiskHolder<StockMember> {
  readonly members: readonly StockMember[];
  readonly links: LinkMesh;
  readonly nameServerParties = [NAME_SERVER_PARTY];
  readonly #options: StockProcessesOptions;
  readonly #processes = new Map<string, LaunchedProcess>();

  constructor(options: StockProcessesOptions) {
    super();
    this.#options = options;
    this.links = options.mesh;
    this.members = options.plan.brokers.map(({ listen, peer }, at) => new StockMember(`n${at}`, listen, peer));
  }

  leader(): StockMember | undefined {
    const name = this.#options.leaderName();
    return this.members.find((member) => member.name === name && member.state === 'up');
  }

  startNameServer(): void {
    const settings = nameServerSettings(this.#settings, join(this.#options.folder, NAME_SERVER, 'controller'));
    this.#launch(NAME_SERVER, 'org.apache.rocketmq.namesrv.NamesrvStartup', settings);
  }

  start(member: StockMember): void {
    if (member.state !== 'down') return;
    member.state = 'up';
    this.lastStartMs = performance.now();
    const store = stockStore(this.#options.folder, member.name);
    const settings = brokerSettings(this.#settings, member, this.members, store);
    this.#launch(member.name, 'org.apache.rocketmq.broker.BrokerStartup', settings);
  }

  async kill(member: StockMember): Promise<void> {
    member.state = 'down';
    const running = this.#processes.get(member.name);
    if (running !== undefined) await killProcess(running);
  }

  async stop(member: StockMember, graceMs: number): Promise<void> {
    member.state = 'down';
    const running = this.#processes.get(member.name);
    if (running !== undefined) await stopProcess(running, graceMs);
  }

  pause(member: StockMember): void {
    const running = this.#processes.get(member.name);
    if (running !== undefined && signalProcess(running, 'SIGSTOP')) member.state = 'paused';
  }

  resume(member: StockMember): void {
    const running = this.#processes.get(member.name);
    if (member.state !== 'paused' || running === undefined) return;
    member.state = 'up';
    this.lastStartMs = performance.now();
    signalProcess(running, 'SIGCONT');
  }

  async fillDisk({ name }: StockMember, freeBytes: number): Promise<() => Promise<void>> {
    const { disks } = this.#options;
    assert(disks !== undefined, 'a plan that fills disks opens them');
    return await disks.fill(name, freeBytes);
  }

  /** Members that are meant to run and do not. */
  crashed(): string[] {
    return this.members.filter(({ name, state }) => state === 'up' && !this.#runs(name)).map(({ name }) => name);
  }

  /** Faults are over: who is down is started. */
  async heal(): Promise<void> {
    const ended = this.endFaults();
    this.links.healAll();
    for (const member of this.members) this.resume(member);
    await ended;
    await this.#options.disks?.healAll();
    for (const member of this.members) this.start(member);
  }

  async stopAll(graceMs: number): Promise<void> {
    await this.endFaults();
    for (const member of this.members) this.resume(member);
    await Promise.all(this.members.map((member) => this.stop(member, graceMs)));
    const nameServer = this.#processes.get(NAME_SERVER);
    if (nameServer !== undefined) await stopProcess(nameServer, graceMs);
    await this.#options.disks?.close();
  }

  protected failed(error: Error): void {
    this.#options.failed(error);
  }

  #runs(name: string): boolean {
    const launched = this.#processes.get(name);
    return launched !== undefined && isRunning(launched);
  }

  get #settings(): StockSettingsOptions {
    const { plan, mode, brokerKeys } = this.#options;
    return { plan, mode, brokerKeys, detour: (member, address) => this.#detourOf(member, address) };
  }

  #detourOf(name: string, address: string): string {
    const detour = parseAddress(this.#options.detours.get(name)?.[address] ?? address);
    return detour === undefined ? address : formatAddress(detour);
  }

  #launch(name: string, main: string, settings: Readonly<Record<string, string>>): void {
    const { folder, classPath, mark } = this.#options;
    const home = join(folder, name);
    mkdirSync(home, { recursive: true });
    const conf = join(home, 'server.conf');
    writeFileSync(
      conf,
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    const launched = launchCommand({
      command: 'java',
      args: [...stockArguments(classPath, main, home), '-c', conf],
      logFile: join(home, 'server.out'),
      environment: { [MARK_VARIABLE]: mark },
    });
    this.#processes.set(name, launched);
  }
}
