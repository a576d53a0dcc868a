import { Hurtable, type Victim } from '../../live/chaos/hurtable.ts';
import type { LiveFault } from '../../live/chaos/live-fault.ts';
import { HeldCommand } from '../../live/held-command.ts';
import type { Undoer } from '../../live/watchdog/watchdog.ts';
import type { RunningMember } from '../plan/plan.ts';
import type { Check, Harm } from './strike-check.ts';

/** One broker that somebody else started. */
export class RunningVictim implements Victim {
  readonly plan: RunningMember;
  state: Victim['state'] = 'up';
  /** At the watchdog: what undoes what was done to it. */
  undo: number | undefined;
  /** Counts the commands that were meant for it. */
  commands = 0;
  /** It was started or let go on, and did not answer since. */
  owesAnswer = false;
  /** So many commands are being looked at that were to hurt it. */
  checks = 0;
  /** The command that hurts it is over, well or not. */
  hurting: Promise<void> = Promise.resolve();
  /** It is known whether that hit it. */
  checking: Promise<unknown> = Promise.resolve();
  /** Tells that it is about to be undone. */
  undone = new AbortController();

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
  /** Begins to look at what a command does to a member, and at others whom it must not touch. */
  readonly check: (victim: RunningMember, others: readonly RunningMember[]) => Promise<Check>;
}

/** A command of the plan that hurts a member. */
interface Hurting {
  readonly what: 'kill' | 'stop' | 'pause' | 'isolate';
  readonly state: Victim['state'];
  readonly undo: 'start' | 'resume' | 'rejoin';
  readonly harm: Harm;
}

/** Why it may stay unknown what a command did. */
const DOUBTS: Readonly<Record<Harm, string>> = {
  end: 'it did not answer before',
  halt: 'it did not answer before, or was let go on too soon',
  'cut-off':
    'it did not answer before, was let back too soon, or answered while too little was confirmed to show whether it had a part in that',
};

/** Brokers that are ended, halted and started by commands of the plan. The watchdog learns how each is undone before it is done. */
export class RunningMembers extends Hurtable<RunningVictim> {
  readonly members: readonly RunningVictim[];
  /** Commands that did not what they should, or did it to others too, in words, oldest first. */
  readonly misses: string[] = [];
  /** Commands of which it is not known, and why. */
  readonly unchecked = new Set<string>();
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
    await this.#hurt(member, { what: 'kill', state: 'down', undo: 'start', harm: 'end' });
  }

  async stop(member: RunningVictim): Promise<void> {
    await this.#hurt(member, { what: 'stop', state: 'down', undo: 'start', harm: 'end' });
  }

  async pause(member: RunningVictim): Promise<void> {
    await this.#hurt(member, { what: 'pause', state: 'paused', undo: 'resume', harm: 'halt' });
  }

  async isolate(member: RunningVictim): Promise<void> {
    await this.#hurt(member, { what: 'isolate', state: 'paused', undo: 'rejoin', harm: 'cut-off' });
  }

  async start(member: RunningVictim): Promise<void> {
    await this.#undo(member);
  }

  async resume(member: RunningVictim): Promise<void> {
    await this.#undo(member);
  }

  /** Faults are over, and what they did is undone. */
  async heal(): Promise<void> {
    // Who is cut off is looked at until that is undone.
    for (const { undone } of this.members) undone.abort();
    await this.endFaults();
    await Promise.all(this.members.map((member) => this.#undo(member).catch((error: Error) => this.failed(error))));
  }

  protected failed(error: Error): void {
    this.#options.failed(error);
  }

  async #hurt(member: RunningVictim, hurting: Hurting): Promise<void> {
    const done = this.#command(member, hurting);
    member.hurting = done.catch(() => {});
    await done;
  }

  async #command(member: RunningVictim, { what, state, undo, harm }: Hurting): Promise<void> {
    const { plan } = member;
    const { [what]: command, [undo]: undoing } = plan;
    if (command === undefined || undoing === undefined)
      throw new Error(`the plan has no command for this on ${member.name}`);
    member.state = state;
    member.commands++;
    member.undone = new AbortController();
    const others = this.members.filter((other) => other !== member && other.state === 'up').map(untouched);
    const plans = others.map((other) => other.member.plan);
    const leads = (): boolean => this.#options.leaderName() === member.name;
    const hasLed = leads();
    const check = await this.#options.check(plan, plans);
    try {
      await this.#shell(member, command, undoing);
    } catch (error) {
      check.close();
      throw error;
    }
    const hit = check.hasHit(harm, member.undone.signal);
    member.checking = hit;
    member.checks++;
    this.act(async () => {
      const found = await hit;
      // Whoever has led and was replaced may go on with a log of its own, which says nothing of the others'.
      const isReplaced = harm === 'cut-off' && hasLed && !leads();
      const hasHit = found === false && isReplaced ? undefined : found;
      const silent = await check.silentOthers();
      check.close();
      member.checks--;
      // Whoever was hurt meanwhile by a command of its own is silent for that.
      const names = others.filter(({ isUntouched }) => isUntouched()).map((other) => other.member.name);
      const hitToo = names.filter((name) => silent.includes(name)).join(' and ');
      if (hasHit === undefined) this.unchecked.add(`${what} of ${member.name}: ${DOUBTS[harm]}`);
      const miss = missText(member, harm, hasHit, hitToo);
      if (miss !== undefined) this.misses.push(`${what} of ${member.name} by "${command}" ${miss}`);
    });
  }

  /** The watchdog knows what undoes a command, and which process to wait for before that, when the command begins. */
  async #shell(member: RunningVictim, command: string, undoing: string): Promise<void> {
    const held = new HeldCommand(['sh', '-c', command]);
    try {
      const argv = ['sh', '-c', undoing];
      member.undo = await this.#options.watchdog.register({ kind: 'command', argv, after: held.process });
    } catch (error) {
      held.cancel();
      throw error;
    }
    const complaint = await held.run();
    if (complaint !== undefined)
      throw new Error(`target.members: ${member.name}: the command "${command}" failed: ${complaint}`);
  }

  /** Waits for the command that it undoes, so that this cannot come true behind it. */
  async #undo(member: RunningVictim): Promise<void> {
    await member.hurting;
    member.undone.abort();
    await member.checking;
    const { undo } = member;
    if (undo === undefined) return;
    member.undo = undefined;
    member.commands++;
    this.lastStartMs = performance.now();
    await this.#options.watchdog.undo(undo).catch((error: Error) => {
      throw new Error(`target.members: ${member.name}: ${error.message}`);
    });
    member.owesAnswer = true;
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
    const members = group.targetsUp(target);
    for (const member of members) {
      group.act(() => group.strike(() => group.isolate(member)));
      group.later(forMs, () => group.resume(member));
    }
    return members.length > 0;
  },
};

/** A member, and whether no command was meant for it since. */
function untouched(member: RunningVictim): { readonly member: RunningVictim; readonly isUntouched: () => boolean } {
  const { commands } = member;
  return { member, isUntouched: () => member.commands === commands };
}

/** What a command did not do, or did besides, in words; undefined where nothing is known against it. */
function missText(
  { name, plan }: RunningVictim,
  harm: Harm,
  hasHit: boolean | undefined,
  others: string,
): string | undefined {
  if (hasHit === false) {
    const part = harm === 'cut-off' ? ', and has its part in what the others confirm' : '';
    return `had no effect: ${name} still answers at ${plan.address}${part}${others === '' ? '' : `, and ${others} does not any more`}`;
  }
  return others === '' ? undefined : `hit ${others} too`;
}
