import { Hurtable, type Victim } from '../../live/chaos/hurtable.ts';
import type { LiveFault } from '../../live/chaos/live-fault.ts';
import { complaintOf } from '../../live/run-command.ts';
import type { Undoer } from '../../live/watchdog/watchdog.ts';
import type { RunningMember } from '../plan/plan.ts';

/** One broker that somebody else started. */
export class RunningVictim implements Victim {
  readonly plan: RunningMember;
  state: Victim['state'] = 'up';
  /** At the watchdog: what undoes what was done to it. */
  undo: number | undefined;

  constructor(plan: RunningMember) {
    this.plan = plan;
  }

  get name(): string {
    return this.plan.name;
  }
}

export interface RunningMembersOptions {
  readonly members: readonly RunningMember[];
  readonly watchdog: Undoer;
  readonly leaderName: () => string | undefined;
  readonly failed: (error: Error) => void;
}

/** Brokers that are ended, halted and started by commands of the plan. The watchdog learns how each is undone before it is done. */
export class RunningMembers extends Hurtable<RunningVictim> {
  readonly members: readonly RunningVictim[];
  readonly #options: RunningMembersOptions;

  constructor(options: RunningMembersOptions) {
    super();
    this.#options = options;
    this.members = options.members.map((plan) => new RunningVictim(plan));
  }

  leader(): RunningVictim | undefined {
    const name = this.#options.leaderName();
    return this.members.find((member) => member.name === name && member.state === 'up');
  }

  async kill(member: RunningVictim): Promise<void> {
    await this.#hurt(member, 'down', member.plan.kill, member.plan.start);
  }

  async stop(member: RunningVictim): Promise<void> {
    await this.#hurt(member, 'down', member.plan.stop, member.plan.start);
  }

  async pause(member: RunningVictim): Promise<void> {
    await this.#hurt(member, 'paused', member.plan.pause, member.plan.resume);
  }

  async isolate(member: RunningVictim): Promise<void> {
    await this.#hurt(member, 'paused', member.plan.isolate, member.plan.rejoin);
  }

  async start(member: RunningVictim): Promise<void> {
    await this.#undo(member);
  }

  async resume(member: RunningVictim): Promise<void> {
    await this.#undo(member);
  }

  /** Faults are over, and what they did is undone. */
  async heal(): Promise<void> {
    await this.endFaults();
    await Promise.all(this.members.map((member) => this.#undo(member).catch((error: Error) => this.failed(error))));
  }

  protected failed(error: Error): void {
    this.#options.failed(error);
  }

  async #hurt(
    member: RunningVictim,
    state: Victim['state'],
    command: string | undefined,
    undo: string | undefined,
  ): Promise<void> {
    if (command === undefined || undo === undefined)
      throw new Error(`the plan has no command for this on ${member.name}`);
    member.state = state;
    member.undo = await this.#options.watchdog.register({ kind: 'command', argv: ['sh', '-c', undo] });
    await shell(member, command);
  }

  async #undo(member: RunningVictim): Promise<void> {
    const { undo } = member;
    if (undo === undefined) return;
    member.undo = undefined;
    this.lastStartMs = performance.now();
    await this.#options.watchdog.undo(undo).catch((error: Error) => {
      throw new Error(`target.members: ${member.name}: ${error.message}`);
    });
    member.state = 'up';
  }
}

/** Cuts a member off, by the commands of the plan. */
export const isolateByCommand: LiveFault<RunningMembers> = {
  name: 'isolate',
  by: 'commands of the plan',
  // Of the cuts that a plan may name; which one it is, the commands say.
  modes: ['peers', 'all'],
  apply(group, { target, forMs }) {
    const members = group.targets(target).filter(({ state }) => state === 'up');
    for (const member of members) {
      group.act(() => group.strike(() => group.isolate(member)));
      group.later(forMs, () => group.resume(member));
    }
    return members.length > 0;
  },
};

async function shell({ name }: RunningVictim, command: string): Promise<void> {
  const complaint = await complaintOf(['sh', '-c', command]);
  if (complaint !== undefined)
    throw new Error(`target.members: ${name}: the command "${command}" failed: ${complaint}`);
}
