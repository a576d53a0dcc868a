import { readNodeStatus } from '../../../cluster/launch/node-status.ts';
import { StartFailure } from '../../../cluster/launch/start-group.ts';
import type { Platform } from '../../../src/platform/ports.ts';
import type { Server } from '../../checker/rocketmq-outcome.ts';
import type { Verdict } from '../../checker/verdict.ts';
import type { LiveClients } from '../../live/chaos/live-clients.ts';
import { processFaults } from '../../live/chaos/process-faults.ts';
import { waitUntil } from '../../live/wait-until.ts';
import type { RunningTarget } from '../plan/plan.ts';
import type { Broker } from './broker-keys.ts';
import type { DrillTarget, FaultMaker, RoleSighting, TargetLook, TargetOptions } from './drill-target.ts';
import { judgeClients } from './judge-clients.ts';
import { MadeFaults } from './made-faults.ts';
import { NameServerWatch } from './name-server-watch.ts';
import { Pulse } from './pulse.ts';
import { isolateByCommand, RunningMembers, type RunningVictim } from './running-members.ts';
import { rollCall, versionsText } from './running-roll-call.ts';
import { StrikeCheck } from './strike-check.ts';

export interface RunningGroupOptions extends TargetOptions {
  readonly plan: RunningTarget;
}

const FIND_MS = 5_000;
const ANSWER_MS = 1_000;

/** A group that somebody else runs: it is watched through its name server, and hurt by commands of the plan. */
export class RunningGroup implements DrillTarget {
  readonly server: Server;
  readonly nameServer: string;
  readonly platform: Platform;
  readonly faults: FaultMaker;
  readonly #members: RunningMembers;
  readonly #watch: NameServerWatch;
  readonly #signal: AbortSignal;
  readonly #plan: RunningTarget;
  #failure: Error | undefined;
  /** As the last look found them. */
  #ill: readonly string[] = [];

  private constructor({ plan, real, signal, watchdog, journal, startedMs }: RunningGroupOptions) {
    const { nameServer, members } = plan;
    this.server = plan.server === 'rocketmq' ? 'stock' : 'ledgermq';
    this.nameServer = nameServer;
    this.platform = real;
    this.#signal = signal;
    this.#plan = plan;
    const names = new Map(members.map(({ address, name }) => [address, name]));
    const nowMs = (): number => performance.now() - startedMs;
    this.#watch = new NameServerWatch({ platform: real, nameServer, names, nowMs });
    this.#members = new RunningMembers({
      members,
      watchdog,
      leaderName: () => this.#watch.master,
      check: (victim, others) => StrikeCheck.begin(real, victim, others),
      failed: (error) => {
        this.#failure ??= error;
      },
    });
    this.faults = new MadeFaults(this.#members, [...processFaults, isolateByCommand], startedMs, journal);
  }

  /** Resolves when the name server has told of a member. Throws `StartFailure`. */
  static async find(options: RunningGroupOptions): Promise<RunningGroup> {
    const group = new RunningGroup(options);
    const { real, signal } = options;
    if (await waitUntil(real, { timeoutMs: FIND_MS, signal }, () => group.#watch.registered.size > 0)) return group;
    await group.close();
    const { nameServer, members } = options.plan;
    const addresses = members.map(({ address }) => address).join(', ');
    throw new StartFailure(
      `target.nameServer: ${nameServer} does not answer, or knows none of ${addresses}; name the group's name server, and the addresses that mqadmin clusterList shows.`,
    );
  }

  get description(): string {
    const { members, unchecked } = this.#members;
    const blind = unchecked.size === 0 ? '' : ` (not checked whether it had an effect: ${[...unchecked].join('; ')})`;
    return `the running group of ${members.length} members behind ${this.nameServer}${blind}`;
  }

  get misses(): readonly string[] {
    return this.#members.misses;
  }

  /** The first one. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  get brokers(): readonly Broker[] {
    return this.#plan.members;
  }

  async look(): Promise<TargetLook> {
    const { master, registered, term } = this.#watch;
    const asked = this.#members.members.map(async (member) => [
      member.name,
      await memberProblem(member, registered, () => this.#hasAnswered(member)),
    ]);
    const ill = (await Promise.all(asked)).filter(([, problem]) => problem !== undefined);
    this.#ill = ill.flatMap(([name]) => name ?? []);
    const [first] = ill;
    const problem = first === undefined ? undefined : `${first[0]} ${first[1]}`;
    return { leader: master, term, problem: problem ?? (master === undefined ? 'nobody leads' : undefined) };
  }

  away(): readonly string[] {
    const gone = this.#members.members.filter(({ state }) => state !== 'up').map(({ name }) => name);
    return [...new Set([...this.#ill, ...gone])];
  }

  async versions(): Promise<Readonly<Record<string, string>>> {
    const present = (await rollCall(this.platform, this.#plan)) ?? [];
    return { [`brokers behind ${this.nameServer}`]: versionsText(present) };
  }

  roles(): Promise<readonly RoleSighting[]> {
    return Promise.resolve([...this.#watch.sightings]);
  }

  async rollBack(): Promise<void> {
    await this.#members.heal();
  }

  async judge(clients: LiveClients, phase: (text: string) => void): Promise<Verdict[]> {
    return await judgeClients(clients, this.platform, this.#signal, phase);
  }

  async close(): Promise<void> {
    await this.#members.heal();
    await this.#watch.close();
  }

  async #hasAnswered(member: RunningVictim): Promise<boolean> {
    const pulse = await Pulse.feel(this.platform, member.plan.address, ANSWER_MS);
    pulse?.close();
    member.owesAnswer = pulse === undefined;
    return pulse !== undefined;
  }
}

/** Why a member of a running group is not whole, in words. `registered`: addresses that the name server knows; `hasAnswered` asks one that was started again or let go on. */
export async function memberProblem(
  { state, plan, checks, owesAnswer }: Pick<RunningVictim, 'state' | 'plan' | 'checks' | 'owesAnswer'>,
  registered: ReadonlySet<string>,
  hasAnswered: () => Promise<boolean>,
): Promise<string | undefined> {
  if (state !== 'up') return 'is away';
  if (checks > 0) return 'is being looked at';
  if (!registered.has(plan.address)) return 'is not registered';
  if (owesAnswer && !(await hasAnswered()))
    return `does not answer at ${plan.address} since it was started again or let go on`;
  if (plan.http === undefined) return undefined;
  const report = await readNodeStatus(plan.http.replace(/\/$/, ''));
  if (report === undefined) return `does not answer at ${plan.http}`;
  if (!report.ready) return `is not ready${report.reason === undefined ? '' : `: ${report.reason}`}`;
  return report.raft?.inDoubt === true ? 'is in doubt' : undefined;
}
