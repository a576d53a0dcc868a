import type { Platform } from '../../src/platform/ports.ts';
import { nameServerAddresses } from './conf-copies.ts';
import type { GroupFolder, GroupRecord } from './group-folder.ts';
import { GroupView } from './group-view.ts';
import {
  isRunning,
  killProcess,
  type LaunchedProcess,
  launch,
  type ProcessEnd,
  type Stopped,
  stopProcess,
  waitForEnd,
} from './launched-process.ts';
import { DEFAULT_LAYOUT, findLayout, type Layout } from './layouts.ts';
import { defaultNodeFlags, defaultPrograms, nodeEnvironment, type Programs } from './node-settings.ts';
import { HOST, nameServerPort, type PortPlan } from './ports.ts';

/** One broker of a group. */
export interface GroupNode {
  /** As the layout names it: `n0` (in a DLedger group its dLegerSelfId), `broker-a-s`. */
  readonly name: string;
  /** Where clients and other brokers reach it. */
  readonly address: string;
  /** Base address of its health, status and metrics, without a slash at the end. */
  readonly httpUrl: string;
  readonly confFile: string;
  readonly logFile: string;
  readonly storeDirectory: string;
}

/** How the programs of a group are run. */
export interface RunSettings {
  /** Other programs than the shipped ones. */
  readonly programs?: Partial<Programs>;
  /** Flags for Node on top of the usual ones, by the name of the process. */
  readonly nodeFlags?: (name: string) => readonly string[];
  /** A command that runs each process, by the name of that: it has to become it, as nsenter does. */
  readonly commandPrefix?: (name: string) => readonly string[];
  /** Environment variables on top of the launcher's own, by the name of the process. */
  readonly environment?: (name: string) => Readonly<Record<string, string>>;
}

/** How long a broker may take to hand over and leave, before it is killed. */
export const STOP_GRACE_MS = 20_000;
const POLL_MS = 10;

/**
 * The name servers and the brokers of one layout on this machine. Works over the record in the group's folder, so that it does not matter
 * whether this process or an earlier one started them. Signals go only to processes whose pid and start time match the record.
 */
export class Group {
  readonly folder: GroupFolder;
  readonly plan: PortPlan;
  readonly layout: Layout;
  readonly nodes: readonly GroupNode[];
  readonly platform: Platform;
  readonly view: GroupView;
  readonly #settings: RunSettings;
  #processes: Record<string, LaunchedProcess>;
  readonly #ends = new Map<string, Promise<ProcessEnd>>();

  constructor(folder: GroupFolder, record: GroupRecord, platform: Platform, settings: RunSettings = {}) {
    this.folder = folder;
    this.plan = record.plan;
    this.platform = platform;
    this.#settings = settings;
    this.#processes = { ...record.processes };
    this.layout = layoutOf(record);
    this.view = new GroupView(platform, `${HOST}:${nameServerPort(this.plan, 0)}`);
    const names = this.layout.brokers(record.plan.brokers.length).map(({ name }) => name);
    this.nodes = record.plan.brokers.map((ports, index) => describeNode(folder, names[index] ?? '', ports));
  }

  /** `host:port` for clients; several are separated by `;`. */
  get nameServer(): string {
    return nameServerAddresses(this.layout, this.plan);
  }

  get nameServers(): readonly string[] {
    return this.layout.nameServers.map(({ name }) => name);
  }

  /** Names of all processes, name servers first. */
  get names(): readonly string[] {
    return [...this.nameServers, ...this.nodes.map(({ name }) => name)];
  }

  /** The process with this name if it runs. */
  process(name: string): LaunchedProcess | undefined {
    const launched = this.#processes[name];
    return launched !== undefined && isRunning(launched) ? launched : undefined;
  }

  /** Names of the processes that run. */
  running(): string[] {
    return this.names.filter((name) => this.process(name) !== undefined);
  }

  /** Names of the processes that do not run although they were started. */
  ended(): string[] {
    return Object.keys(this.#processes).filter((name) => this.process(name) === undefined);
  }

  /** How the process of this name ends that was started last; undefined where this object did not start it. */
  endOf(name: string): Promise<ProcessEnd> | undefined {
    return this.#ends.get(name);
  }

  /** Starts one process and records it; does not wait for anything. */
  start(name: string): LaunchedProcess {
    const settings = this.#settings;
    const program = this.nameServers.includes(name) ? 'mqnamesrv' : 'mqbroker';
    let onEnd: (end: ProcessEnd) => void = () => {};
    const end = new Promise<ProcessEnd>((resolve) => {
      onEnd = resolve;
    });
    this.#ends.set(name, end);
    const launched = launch({
      program: settings.programs?.[program] ?? defaultPrograms()[program],
      args: ['-c', this.folder.confFile(name)],
      logFile: this.folder.logFile(name),
      environment: { ...nodeEnvironment, LEDGERMQ_RUN_DIR: this.folder.runDirectory, ...settings.environment?.(name) },
      prefix: settings.commandPrefix?.(name) ?? [],
      nodeFlags: [...defaultNodeFlags, ...(settings.nodeFlags?.(name) ?? [])],
      onEnd,
    });
    this.#record((processes) => {
      processes[name] = launched;
    });
    return launched;
  }

  /** SIGTERM, then SIGKILL if it takes too long; undefined if it did not run. */
  async stop(name: string, graceMs: number = STOP_GRACE_MS): Promise<Stopped | undefined> {
    const launched = this.process(name);
    const stopped = launched === undefined ? undefined : await stopProcess(launched, graceMs);
    this.#forget(name);
    return stopped;
  }

  /** SIGKILL; resolves when the process is gone. Returns whether it ran. */
  async kill(name: string): Promise<boolean> {
    const launched = this.process(name);
    if (launched !== undefined) await killProcess(launched);
    this.#forget(name);
    return launched !== undefined;
  }

  /** Waits until the process has ended by itself or by a signal that was sent; false if it takes longer. */
  waitForEnd(name: string, timeoutMs: number): Promise<boolean> {
    const launched = this.process(name);
    return launched === undefined ? Promise.resolve(true) : waitForEnd(launched, timeoutMs);
  }

  /** Stops the brokers, then the name servers. Returns how each of them ended. */
  async stopAll(graceMs: number = STOP_GRACE_MS): Promise<Map<string, Stopped>> {
    const outcomes = new Map<string, Stopped>();
    const stopOne = async (name: string) => {
      const stopped = await this.stop(name, graceMs);
      if (stopped !== undefined) outcomes.set(name, stopped);
    };
    await Promise.all(this.nodes.map(({ name }) => stopOne(name)));
    await Promise.all(this.nameServers.map(stopOne));
    return outcomes;
  }

  /** The node that the name server calls master, if it is one of this group. */
  async leader(): Promise<GroupNode | undefined> {
    const address = await this.view.masterAddress();
    return this.nodes.find((node) => node.address === address);
  }

  /** Polls until a running node is master; undefined if the time is up, the signal fires, or `giveUp` says so. */
  async waitForLeader(timeoutMs: number, options: WaitOptions = {}): Promise<GroupNode | undefined> {
    return await poll(timeoutMs, options, async () => {
      const leader = await this.leader();
      return leader !== undefined && this.process(leader.name) !== undefined ? leader : undefined;
    });
  }

  /** Polls until the name server names all nodes, so that what it tells of the cluster is whole; it is not an error if the time is up before. */
  async waitForRegistrations(timeoutMs: number, options: WaitOptions = {}): Promise<void> {
    await poll(timeoutMs, options, async () => {
      const registered = await this.view.brokerAddresses();
      return this.nodes.every(({ address }) => registered?.includes(address)) || undefined;
    });
  }

  /** Ends connections of this object; the processes run on. */
  close(): void {
    this.view.close();
  }

  #forget(name: string): void {
    this.#record((processes) => {
      delete processes[name];
    });
  }

  /** Changes the record as it stands in the folder: another command may have changed it meanwhile. */
  #record(change: (processes: Record<string, LaunchedProcess>) => void): void {
    const processes = { ...(this.folder.read()?.processes ?? {}) };
    change(processes);
    this.#processes = processes;
    this.folder.write({ plan: this.plan, layout: this.layout.name, processes });
  }
}

/** The record of a group that an earlier version wrote names none. */
function layoutOf({ layout: name = DEFAULT_LAYOUT }: GroupRecord): Layout {
  const layout = findLayout(name);
  if (layout === undefined) throw new Error(`this version knows no layout ${name}, from which the group was started`);
  return layout;
}

function describeNode(folder: GroupFolder, name: string, ports: PortPlan['brokers'][number]): GroupNode {
  return {
    name,
    address: `${HOST}:${ports.listen}`,
    httpUrl: `http://${HOST}:${ports.http}`,
    confFile: folder.confFile(name),
    logFile: folder.logFile(name),
    storeDirectory: folder.storeDirectory(name),
  };
}

/** What ends a wait early. */
interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly giveUp?: () => boolean;
}

/** Asks until there is an answer; undefined if the time is up, the signal fires, or `giveUp` says so. */
async function poll<Answer>(
  timeoutMs: number,
  { signal, giveUp }: WaitOptions,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  const deadlineMs = performance.now() + timeoutMs;
  while (performance.now() < deadlineMs && !signal?.aborted && !giveUp?.()) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return undefined;
}
