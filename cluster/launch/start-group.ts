import { existsSync } from 'node:fs';
import { createNodePlatform } from '../../src/platform/node/node-platform.ts';
import type { DirectoryLock, Platform } from '../../src/platform/ports.ts';
import { Group, type GroupNode, type RunSettings } from './group.ts';
import { GroupFolder } from './group-folder.ts';
import { DEFAULT_LAYOUT, findLayout, type Layout, layouts, NAME_SERVER } from './layouts.ts';
import { readNodeStatus } from './node-status.ts';
import { describeHolder, portHolders } from './port-holders.ts';
import {
  busyPorts,
  freePortBase,
  type PortPlan,
  portBaseProblem,
  portsFrom,
  portUses,
  rocketmqPorts,
} from './ports.ts';

export interface GroupOptions extends RunSettings {
  /** Folder of the group; made if it is absent. With data of an earlier start in it, the group goes on with them. */
  readonly dir: string;
  /** Which shipped files, as folders under `conf/`: dledger, controller, 2m-2s-sync, ... Default: those of the last start, or dledger. */
  readonly conf?: string;
  /** Brokers, 1 to 9, where the layout leaves it open. Default: as many as at the last start, or 3. */
  readonly nodes?: number;
  /** First of the ports; 0 takes free ones. Default: those of the last start, or RocketMQ's. */
  readonly portBase?: number;
  /** Keys for all brokers, over those of the shipped files. */
  readonly brokerKeys?: Readonly<Record<string, string>>;
  /** Keys for the name server, over those of the launcher. */
  readonly nameServerKeys?: Readonly<Record<string, string>>;
  /** How long the group may take until a leader serves. Default 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Told when the processes are started and a leader is waited for. */
  readonly onStarted?: (group: Group) => void;
}

/** A group that serves, with the times of its start on the clock of `performance.now()`. */
export interface StartedGroup {
  readonly group: Group;
  readonly leader: GroupNode;
  /** When the first process was started. */
  readonly firstStartMs: number;
  /** When the name server named a leader. */
  readonly leaderMs: number;
}

/** A start that people can do something about: the message says what. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

const DEFAULT_NODES = 3;
const MOST_NODES = 9;
const DEFAULT_TIMEOUT_MS = 30_000;
const ABORT_GRACE_MS = 2_000;
const TAIL_LINES = 20;
const POLL_MS = 20;

/**
 * Starts a name server and brokers and waits until a leader serves. Throws `StartFailure`, and then leaves nothing running that it started.
 * The caller stops the group with `stopAll()` and, whether it did so or not, calls `close()`.
 */
export async function startGroup(options: GroupOptions): Promise<StartedGroup> {
  const folder = new GroupFolder(options.dir);
  const platform = launcherPlatform(folder);
  const lock = lockForStart(folder, platform);
  try {
    const layout = chooseLayout(folder, options);
    const plan = await choosePlan(folder, layout, options);
    await refuseBusyPorts(layout, plan);
    folder.prepare(layout, plan, options.brokerKeys ?? {}, options.nameServerKeys ?? {});
    const record = { plan, layout: layout.name, processes: {} };
    return await run(new Group(folder, record, platform, options), options);
  } finally {
    lock.release();
  }
}

/** The group of a folder in which one was started; undefined if there is none. */
export function openGroup(dir: string, settings: RunSettings = {}): Group | undefined {
  const folder = new GroupFolder(dir);
  const record = folder.read();
  return record === undefined ? undefined : new Group(folder, record, launcherPlatform(folder), settings);
}

/** What the launcher's own clients have to say goes to a file, not between its lines. */
function launcherPlatform(folder: GroupFolder): Platform {
  return createNodePlatform({ logger: { file: folder.logFile('launcher'), level: 'warn' } });
}

/** Of two starts at the same time one would forget what the other started. */
function lockForStart(folder: GroupFolder, { disk }: Platform): DirectoryLock {
  disk.makeDirectory(folder.runDirectory);
  const lock = disk.lock(folder.runDirectory);
  if (lock === undefined) throw new StartFailure(`The group in ${folder.path} is being started by another process.`);
  return lock;
}

async function run(group: Group, options: GroupOptions): Promise<StartedGroup> {
  try {
    return await startAll(group, options);
  } catch (error) {
    await group.stopAll(ABORT_GRACE_MS);
    group.close();
    throw error;
  }
}

async function startAll(group: Group, options: GroupOptions): Promise<StartedGroup> {
  const firstStartMs = performance.now();
  for (const name of group.names) group.start(name);
  options.onStarted?.(group);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const { signal } = options;
  const leader = await group.waitForLeader(timeoutMs, { signal, giveUp: () => group.ended().length > 0 });
  const leaderMs = performance.now();
  if (leader !== undefined && (await allServe(group, firstStartMs + timeoutMs, signal)))
    return { group, leader, firstStartMs, leaderMs };
  if (signal?.aborted) throw new StartFailure('The start was interrupted.');
  throw new StartFailure(whyNoLeader(group, timeoutMs));
}

/** Where nobody is elected, every broker has its own part: the start is over when each master serves and each slave follows. */
async function allServe(group: Group, untilMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (group.layout.elects) return true;
  while (performance.now() < untilMs && !signal?.aborted && group.ended().length === 0) {
    const reports = await Promise.all(group.nodes.map(({ httpUrl }) => readNodeStatus(httpUrl)));
    if (reports.every((report) => report?.ready === true)) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

function whyNoLeader(group: Group, timeoutMs: number): string {
  const ended = group.ended();
  const [shown] = ended.length > 0 ? ended : group.nodes.map(({ name }) => name);
  if (shown === undefined) return 'The group has no brokers.';
  const file = group.folder.logFile(shown);
  const what =
    ended.length > 0
      ? `${ended.join(' and ')} ended during the start. The end of ${file}:`
      : `The group did not serve within ${timeoutMs / 1000} s. The end of ${file} (the others are beside it):`;
  return `${what}\n${group.folder.logTail(shown, TAIL_LINES) || '(nothing was printed)'}`;
}

function chooseLayout(folder: GroupFolder, { conf, nodes }: GroupOptions): Layout {
  const before = folder.read();
  const used = before === undefined ? undefined : (before.layout ?? DEFAULT_LAYOUT);
  const name = conf ?? used ?? DEFAULT_LAYOUT;
  const layout = findLayout(name);
  if (layout === undefined) {
    throw new StartFailure(
      `There is no configuration ${name}; ${layouts.map((each) => each.name).join(', ')} are there.`,
    );
  }
  if (nodes !== undefined && layout.count !== undefined && nodes !== layout.count) {
    throw new StartFailure(`${name} has ${layout.count} brokers, not ${nodes}; start it without --nodes.`);
  }
  if (used !== undefined && used !== name && existsSync(folder.storeDirectory(NAME_SERVER))) {
    throw new StartFailure(
      `The data in ${folder.path} belong to ${used}, not to ${name}. Start with --conf ${used}, remove them with clean, or take another folder.`,
    );
  }
  return layout;
}

async function choosePlan(folder: GroupFolder, layout: Layout, options: GroupOptions): Promise<PortPlan> {
  const before = folder.read();
  const nodes = layout.count ?? options.nodes ?? before?.plan.brokers.length ?? DEFAULT_NODES;
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > MOST_NODES) {
    throw new StartFailure(`The number of brokers is ${nodes}, but must be from 1 to ${MOST_NODES}.`);
  }
  if (before !== undefined) refuseOtherGroup(folder, before.plan.brokers.length, nodes);
  const { portBase } = options;
  if (portBase === undefined) return before?.plan ?? rocketmqPorts(nodes);
  if (portBase === 0) return portsFrom(await freePortBase(nodes), nodes);
  const problem = portBaseProblem(portBase, nodes);
  if (problem !== undefined) throw new StartFailure(`${problem[0]?.toUpperCase()}${problem.slice(1)}.`);
  return portsFrom(portBase, nodes);
}

/** Data know how many members they belong to; and a running group is not started twice. */
function refuseOtherGroup(folder: GroupFolder, nodesBefore: number, nodes: number): void {
  const before = openGroup(folder.path);
  const running = before?.running() ?? [];
  const stopped = before?.names.filter((name) => !running.includes(name)) ?? [];
  before?.close();
  if (running.length > 0) {
    const rest = stopped.length === 0 ? '' : ` ${stopped.join(' and ')} can be started with restart.`;
    throw new StartFailure(`The group in ${folder.path} runs already (${running.join(', ')}).${rest}`);
  }
  if (nodesBefore !== nodes && existsSync(folder.storeDirectory(NAME_SERVER))) {
    throw new StartFailure(
      `The data in ${folder.path} belong to ${nodesBefore} brokers, not ${nodes}. Start with --nodes ${nodesBefore}, remove them with clean, or take another folder.`,
    );
  }
}

async function refuseBusyPorts(layout: Layout, plan: PortPlan): Promise<void> {
  const names = layout.brokers(plan.brokers.length).map(({ name }) => name);
  const busy = await busyPorts(portUses(plan, names, layout.replicatesOver, layout.nameServers.length));
  if (busy.length === 0) return;
  const holders = portHolders(busy.map(({ port }) => port));
  const lines = busy.map(({ port, use }) => `  ${port} (${use}): ${describeHolder(holders.get(port))}`);
  throw new StartFailure(
    `These ports are busy:\n${lines.join('\n')}\nStop what holds them, or take other ports with --port-base.`,
  );
}
