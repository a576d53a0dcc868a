import type { Schedule } from '../fault/schedule.ts';
import { faultProblem, sameEndsProblem } from '../live/chaos/fault-problem.ts';
import { isMadeBy, liveFaults } from '../live/chaos/live-faults.ts';
import { WrongArguments } from './arguments.ts';
import type { ChaosCommand } from './chaos-options.ts';
import type { Round } from './chaos-round.ts';
import { readFaults } from './read-schedule.ts';

/** The faults of the file that a command names, each of which can be made in every round; undefined without one. Throws WrongArguments. */
export function chaosSchedule(command: ChaosCommand, rounds: readonly Round[]): Schedule | undefined {
  const { schedule: file, nodes, mode, cuts } = command;
  if (file === undefined) return undefined;
  const minutes = Math.min(...rounds.map((round) => round.minutes));
  const faults = readFaults(file, { nodes, minutes }, (kind) => {
    if (!liveFaults.some(({ name }) => name === kind)) return `${kind} cannot be made on real processes`;
    if (!mode.kinds.includes(kind)) return `mode ${mode.name} does not promise to survive ${kind}`;
    return rounds.every((round) => isMadeBy(round.cuts, kind))
      ? undefined
      : `only proxies make ${kind}, not --cuts ${cuts}`;
  });
  if (faults.length === 0) throw new WrongArguments(`--schedule ${file}: it holds no fault`);
  for (const [at, fault] of faults.entries()) {
    const made = liveFaults.find(({ name }) => name === fault.kind);
    if (made === undefined) continue;
    // A draw may name a role twice, and is passed over then: what was drawn can be played again.
    const isNamed = /^n\d+$/.test(fault.target);
    const problem = faultProblem(made, fault) ?? (isNamed ? sameEndsProblem(made, fault) : undefined);
    if (problem !== undefined) throw new WrongArguments(`--schedule ${file}: fault ${at + 1}: ${problem}`);
  }
  return faults;
}
