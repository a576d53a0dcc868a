import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findLayout } from '../../../cluster/launch/layouts.ts';
import { freePortBase, HOST, portsFrom } from '../../../cluster/launch/ports.ts';
import { StartFailure } from '../../../cluster/launch/start-group.ts';
import { assert } from '../../../src/base/assert.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import type { Verdict } from '../../checker/verdict.ts';
import type { LiveClients } from '../../live/chaos/live-clients.ts';
import { liveModeNamed } from '../../live/chaos/live-modes.ts';
import { networkFaults } from '../../live/chaos/network-faults.ts';
import { CLIENTS_PARTY, layLinks, partyPorts } from '../../live/chaos/parties.ts';
import { diskFaults } from '../../live/chaos/platform-faults.ts';
import { processFaults } from '../../live/chaos/process-faults.ts';
import { TmpfsDisks } from '../../live/disk/tmpfs-disks.ts';
import { LinkMesh } from '../../live/proxy/link-mesh.ts';
import { type Detours, Patient } from '../../live/sick/patient.ts';
import type { StockTarget } from '../plan/plan.ts';
import type { Broker } from './broker-keys.ts';
import type { DrillTarget, FaultMaker, RoleSighting, TargetLook, TargetOptions } from './drill-target.ts';
import { judgeClients } from './judge-clients.ts';
import { MadeFaults } from './made-faults.ts';
import { NameServerWatch } from './name-server-watch.ts';
import { StockProcesses, stockStore } from './stock-processes.ts';
import { stockClassPath } from './stock-programs.ts';

export interface StockGroupOptions extends TargetOptions {
  readonly plan: StockTarget;
}

const START_MS = 120_000;
const STOP_MS = 15_000;
const POLL_MS = 100;

/** A group of Apache RocketMQ, from its published jars, over links that can be cut. */
export class StockGroup implements DrillTarget {
  readonly server = 'stock';
  readonly description: string;
  readonly nameServer: string;
  readonly platform: Platform;
  readonly faults: FaultMaker;
  readonly #processes: StockProcesses;
  readonly #watch: NameServerWatch;
  readonly #signal: AbortSignal;

  private constructor(processes: StockProcesses, nameServer: string, detours: Detours, options: StockGroupOptions) {
    const { plan, real, signal, journal, startedMs } = options;
    const group =
      plan.mode === 'dledger'
        ? `DLedger group of ${plan.nodes} members`
        : `set of ${plan.nodes} brokers in Controller mode`;
    this.description = `a ${group} of Apache RocketMQ ${plan.version}, started for the drill`;
    this.nameServer = nameServer;
    this.platform = new Patient(real, detours);
    this.#processes = processes;
    this.faults = new MadeFaults(processes, [...processFaults, ...networkFaults, ...diskFaults], startedMs, journal);
    this.#signal = signal;
    const names = new Map(processes.members.map(({ address, name }) => [address, name]));
    this.#watch = new NameServerWatch({
      platform: real,
      nameServer,
      names,
      nowMs: () => performance.now() - startedMs,
    });
  }

  /** Resolves when all members are registered and one leads. Throws `StartFailure`. */
  static async start(options: StockGroupOptions): Promise<StockGroup> {
    const { plan, directory, mark, real, judge, signal } = options;
    const folder = join(directory, 'group');
    mkdirSync(folder, { recursive: true });
    const classPath = await stockClassPath(folder, plan.version);
    const layout = findLayout(liveModeNamed(plan.mode).conf);
    assert(layout !== undefined, 'the layout is there');
    const ports = portsFrom(await freePortBase(plan.nodes), plan.nodes);
    const disks = options.fillsDisks ? await mountDisks(folder, plan.nodes, options) : undefined;
    const mesh = new LinkMesh(real, HOST);
    const detours = await layLinks(mesh, partyPorts(layout, ports));
    let group: StockGroup | undefined;
    const processes = new StockProcesses({
      folder,
      classPath,
      plan: ports,
      mesh,
      detours,
      mark,
      disks,
      mode: plan.mode,
      brokerKeys: plan.brokerKeys,
      leaderName: () => group?.leaderName,
      failed: (error) => judge.broken('drill', error.stack ?? error.message),
    });
    processes.startNameServer();
    for (const member of processes.members) processes.start(member);
    group = new StockGroup(processes, `${HOST}:${ports.nameServer}`, detours.get(CLIENTS_PARTY) ?? {}, options);
    if (await group.#isServing(signal)) return group;
    const problem = (await group.look()).problem ?? 'the start was interrupted';
    await group.close();
    throw new StartFailure(`RocketMQ's group did not come up: ${problem}. Its logs are in ${folder}.`);
  }

  get leaderName(): string | undefined {
    return this.#watch.master;
  }

  get brokers(): readonly Broker[] {
    return this.#processes.members.map(({ name, address }) => ({ name, address }));
  }

  look(): Promise<TargetLook> {
    const { master, registered, term } = this.#watch;
    const crashed = this.#processes.crashed();
    const missing = this.#processes.members.filter(({ address }) => !registered.has(address)).map(({ name }) => name);
    const away = this.#processes.members.filter(({ state }) => state !== 'up').map(({ name }) => name);
    const problem =
      away.length > 0
        ? `${away.join(' and ')} is away`
        : crashed.length > 0
          ? `${crashed.join(' and ')} ended by itself`
          : missing.length > 0
            ? `${missing.join(' and ')} is not registered`
            : master === undefined
              ? 'nobody leads'
              : undefined;
    return Promise.resolve({ leader: master, term, problem });
  }

  away(): readonly string[] {
    const crashed = this.#processes.crashed();
    const { registered } = this.#watch;
    return this.#processes.members
      .filter(({ name, state, address }) => state !== 'up' || crashed.includes(name) || !registered.has(address))
      .map(({ name }) => name);
  }

  roles(): Promise<readonly RoleSighting[]> {
    return Promise.resolve([...this.#watch.sightings]);
  }

  async rollBack(): Promise<void> {
    await this.#processes.heal();
  }

  async judge(clients: LiveClients, phase: (text: string) => void): Promise<Verdict[]> {
    return await judgeClients(clients, this.platform, this.#signal, phase);
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await this.#processes.stopAll(STOP_MS);
    this.#processes.links.close();
  }

  async #isServing(signal: AbortSignal): Promise<boolean> {
    const deadlineMs = performance.now() + START_MS;
    while (performance.now() < deadlineMs && !signal.aborted && this.#processes.crashed().length === 0) {
      if ((await this.look()).problem === undefined) return true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return false;
  }
}

/** RocketMQ's brokers have no disk layer that could refuse: without the right to mount, their disks cannot be full. */
async function mountDisks(folder: string, nodes: number, { watchdog, journal }: TargetOptions): Promise<TmpfsDisks> {
  const names = Array.from({ length: nodes }, (_, at) => `n${at}`);
  const stores = new Map(names.map((name) => [name, stockStore(folder, name)]));
  return await TmpfsDisks.mount(stores, watchdog, journal).catch((error: Error) => {
    throw new StartFailure(
      `Disks of RocketMQ's brokers are made full by a tmpfs, which may not be mounted: ${error.message}`,
    );
  });
}
