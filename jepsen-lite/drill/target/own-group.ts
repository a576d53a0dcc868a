import { performance } from 'node:perf_hooks';
import { readNodeStatus } from '../../../cluster/launch/node-status.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import type { Verdict } from '../../checker/verdict.ts';
import { finish } from '../../live/chaos/finish.ts';
import type { HurtList } from '../../live/chaos/hurt-list.ts';
import type { LiveClients } from '../../live/chaos/live-clients.ts';
import { liveFaults } from '../../live/chaos/live-faults.ts';
import type { LiveGroup } from '../../live/chaos/live-group.ts';
import type { LiveMember } from '../../live/chaos/live-member.ts';
import { liveModeNamed } from '../../live/chaos/live-modes.ts';
import { MetadataAudit } from '../../live/chaos/metadata-audit.ts';
import { type StartedLive, startLive } from '../../live/chaos/start-live.ts';
import { Patient } from '../../live/sick/patient.ts';
import type { OwnTarget } from '../plan/plan.ts';
import type { Broker } from './broker-keys.ts';
import type { DrillTarget, RoleSighting, TargetLook, TargetOptions } from './drill-target.ts';
import { MadeFaults } from './made-faults.ts';
import { NameServerWatch } from './name-server-watch.ts';

export interface OwnGroupOptions extends TargetOptions {
  readonly plan: OwnTarget;
}

/** A group that the drill starts on this machine, with links that can be cut and disks that can fall ill. */
export class OwnGroup implements DrillTarget {
  readonly platform: Platform;
  readonly #started: StartedLive;
  readonly server = 'ledgermq';
  readonly faults: MadeFaults<LiveGroup>;
  readonly #options: OwnGroupOptions;
  /** Brokers that are no members of a Raft group keep no history of their roles. */
  readonly #watch: NameServerWatch | undefined;

  private constructor(started: StartedLive, options: OwnGroupOptions) {
    this.#started = started;
    this.#options = options;
    this.faults = new MadeFaults(started.live, liveFaults, options.startedMs, options.journal);
    this.platform = new Patient(options.real, started.clientDetours);
    if (started.live.mode.name === 'dledger') return;
    const { members, group } = started.live;
    this.#watch = new NameServerWatch({
      platform: options.real,
      nameServer: group.nameServer,
      names: new Map(members.map(({ name, node }) => [node.address, name])),
      nowMs: () => performance.now() - options.startedMs,
    });
  }

  /** Resolves when all members serve. Throws `StartFailure`. */
  static async start(options: OwnGroupOptions): Promise<OwnGroup> {
    const { nodes, brokerKeys } = options.plan;
    const { cuts } = options.plan;
    const mode = liveModeNamed(options.plan.mode);
    return new OwnGroup(
      await startLive({ ...options, mode, cuts, nodes, brokerKeys: { ...mode.drillKeys, ...brokerKeys } }),
      options,
    );
  }

  get description(): string {
    const disks = this.#options.fillsDisks ? `; full disks are made by ${this.#started.disks.by}` : '';
    const { network } = this.#started;
    const { members, mode } = this.#live;
    const group =
      mode.name === 'dledger'
        ? `DLedger group of ${members.length} members`
        : `set of ${members.length} brokers in Controller mode`;
    return `a LedgerMQ ${group}, started for the drill; links are cut by ${network.by}${disks}`;
  }

  get nameServer(): string {
    return this.#live.group.nameServer;
  }

  get brokers(): readonly Broker[] {
    return this.#live.members.map(({ name, node }) => ({ name, address: node.address }));
  }

  get misses(): readonly string[] {
    return this.faults.misses;
  }

  get selfEnds(): LiveGroup['selfEnds']['seen'] {
    return this.#live.selfEnds.seen;
  }

  async look(): Promise<TargetLook> {
    await this.#live.look();
    const leader = this.#live.leader();
    const term = leader?.report?.raft?.term ?? 0;
    return { leader: leader?.name, term, problem: groupProblem(this.#live, this.away()) };
  }

  away(): readonly string[] {
    return this.#live.members.filter(({ isSound }) => !isSound).map(({ name }) => name);
  }

  async roles(): Promise<readonly RoleSighting[]> {
    if (this.#watch !== undefined) return [...this.#watch.sightings];
    const toldBy = this.#live.members.map(async ({ name, node }) => {
      const records = (await readNodeStatus(node.httpUrl))?.raft?.roleHistory ?? [];
      return records.map(({ atMs, role, term, leader }): RoleSighting => {
        return { atMs: atMs - performance.timeOrigin - this.#options.startedMs, member: name, role, term, leader };
      });
    });
    return (await Promise.all(toldBy)).flat().sort((a, b) => a.atMs - b.atMs);
  }

  async rollBack(): Promise<void> {
    await this.#live.heal({ starts: true });
  }

  async judge(clients: LiveClients, phase: (text: string) => void): Promise<Verdict[]> {
    const { signal } = this.#options;
    const metadata = new MetadataAudit();
    const { platform } = this;
    return await finish({ live: this.#live, clients, metadata, disturbances: undefined, platform, signal, phase });
  }

  async close(): Promise<void> {
    await this.#watch?.close();
    await this.#started.close();
  }

  get #live(): StartedLive['live'] {
    return this.#started.live;
  }
}

/** Why a group that the drill started is not whole, in words. `away`: names of the members that are not sound. */
export function groupProblem(
  live: { readonly hurts: Pick<HurtList, 'names'>; leader(): Pick<LiveMember, 'serves'> | undefined },
  away: readonly string[],
): string | undefined {
  if (away.length > 0) return `${away.join(' and ')} is not sound`;
  const { names } = live.hurts;
  if (names.length > 0) return `${names.join(' and ')} may still lack what was lost`;
  return live.leader()?.serves === true ? undefined : 'nobody leads';
}
