import { performance } from 'node:perf_hooks';
import type { Programs } from '../../../cluster/launch/node-settings.ts';
import { readNodeStatus } from '../../../cluster/launch/node-status.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import type { Verdict } from '../../checker/verdict.ts';
import type { Schedule } from '../../fault/schedule.ts';
import type { LiveJudge } from '../../live/chaos/client-judge.ts';
import { FaultPlayer } from '../../live/chaos/fault-player.ts';
import { finish } from '../../live/chaos/finish.ts';
import type { LiveClients } from '../../live/chaos/live-clients.ts';
import { MetadataAudit } from '../../live/chaos/metadata-audit.ts';
import { type StartedLive, startLive } from '../../live/chaos/start-live.ts';
import { Patient } from '../../live/sick/patient.ts';
import type { TargetPlan } from '../plan/plan.ts';
import type { DrillTarget, MadeFault, RoleSighting, TargetLook } from './drill-target.ts';

export interface OwnGroupOptions {
  readonly plan: TargetPlan;
  readonly directory: string;
  readonly programs: Programs;
  readonly mark: string;
  readonly real: Platform;
  readonly judge: LiveJudge;
  readonly signal: AbortSignal;
  readonly journal: (line: string) => void;
  /** `performance.now()` of the run's beginning. */
  readonly startedMs: number;
}

/** A DLedger group that the drill starts on this machine, with links that can be cut and disks that can fall ill. */
export class OwnGroup implements DrillTarget {
  readonly platform: Platform;
  readonly #started: StartedLive;
  readonly #player: FaultPlayer;
  readonly #options: OwnGroupOptions;

  private constructor(started: StartedLive, options: OwnGroupOptions) {
    this.#started = started;
    this.#options = options;
    this.#player = new FaultPlayer(started.live);
    this.platform = new Patient(options.real, started.clientDetours);
  }

  /** Resolves when all members serve. Throws `StartFailure`. */
  static async start(options: OwnGroupOptions): Promise<OwnGroup> {
    const { nodes, brokerKeys } = options.plan;
    return new OwnGroup(await startLive({ ...options, nodes, brokerKeys }), options);
  }

  get description(): string {
    return `a LedgerMQ DLedger group of ${this.#live.members.length} members, started for the drill`;
  }

  get nameServer(): string {
    return this.#live.group.nameServer;
  }

  get made(): readonly MadeFault[] {
    return this.#player.made.map(({ fault, members, startMs, endMs }) => {
      return { kind: fault.kind, members, startMs: this.#onRunClock(startMs), endMs: this.#onRunClock(endMs) };
    });
  }

  get active(): readonly string[] {
    return this.#player.active;
  }

  get lastStartMs(): number {
    const { lastStartMs } = this.#live;
    return lastStartMs === 0 ? 0 : this.#onRunClock(lastStartMs);
  }

  play(faults: Schedule): void {
    this.#player.play(faults);
  }

  async look(): Promise<TargetLook> {
    await this.#live.look();
    const leader = this.#live.leader();
    const raft = leader?.report?.raft;
    const ill = this.#live.members.filter(({ isSound }) => !isSound).map(({ name }) => name);
    const problem =
      ill.length > 0 ? `${ill.join(' and ')} is not sound` : raft?.ready === true ? undefined : 'nobody leads';
    return { leader: leader?.name, term: raft?.term ?? 0, problem };
  }

  async roles(): Promise<readonly RoleSighting[]> {
    const toldBy = this.#live.members.map(async ({ name, node }) => {
      const records = (await readNodeStatus(node.httpUrl))?.raft?.roleHistory ?? [];
      return records.map(({ atMs, role, term, leader }): RoleSighting => {
        return { atMs: this.#onRunClock(atMs - performance.timeOrigin), member: name, role, term, leader };
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
    return await finish({ live: this.#live, clients, metadata, platform: this.platform, signal, phase });
  }

  async close(): Promise<void> {
    await this.#started.close();
  }

  get #live(): StartedLive['live'] {
    return this.#started.live;
  }

  #onRunClock(ms: number): number {
    return ms - this.#options.startedMs;
  }
}
