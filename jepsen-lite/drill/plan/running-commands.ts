import type { Fault } from '../../fault/schedule.ts';
import type { RunningMember, RunningTarget } from './plan.ts';

type CommandKey = Exclude<keyof RunningMember, 'name' | 'address' | 'http'>;

/** Which command makes a fault on a running group, and which ends it. */
const KEYS: Readonly<Record<string, readonly [CommandKey, CommandKey]>> = {
  kill: ['kill', 'start'],
  stop: ['stop', 'start'],
  rolling: ['stop', 'start'],
  blackout: ['kill', 'start'],
  pause: ['pause', 'resume'],
  isolate: ['isolate', 'rejoin'],
};

/** Undefined for a kind that no command makes. */
export function commandKeys(kind: string): readonly [CommandKey, CommandKey] | undefined {
  return KEYS[kind];
}

/** The members that a fault may hit. */
export function meantBy(target: Fault['target'], members: readonly RunningMember[]): readonly RunningMember[] {
  return /^n\d+$/.test(target) ? members.filter(({ name }) => name === target) : members;
}

/** What a running group lacks for these faults, in one sentence; undefined: nothing. */
export function commandProblem(faults: readonly Fault[], { members }: RunningTarget): string | undefined {
  for (const { kind, target } of faults) {
    const keys = commandKeys(kind);
    if (keys === undefined)
      return `the fault ${kind} cannot be made on a running group; ${Object.keys(KEYS).join(', ')} can`;
    for (const member of meantBy(target, members)) {
      const missing = keys.find((key) => member[key] === undefined);
      if (missing !== undefined) return `target.members: ${member.name} has no command ${missing}, which ${kind} needs`;
    }
  }
  return undefined;
}
