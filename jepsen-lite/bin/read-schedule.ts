import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Schedule } from '../fault/schedule.ts';
import type { ModeName } from '../sim/mode-name.ts';
import { modes } from '../sim/modes.ts';
import { WrongArguments } from './arguments.ts';

/** The run for which a schedule is meant. */
export interface Scheduled {
  readonly nodes: number;
  readonly minutes: number;
}

/** The faults of a JSON file, each of which can happen in this simulated run; undefined without a file. Throws WrongArguments. */
export function readSchedule(
  file: string | undefined,
  run: Scheduled & { readonly mode: ModeName },
): Schedule | undefined {
  if (file === undefined) return undefined;
  const kinds = modes[run.mode].kinds.map(({ name }) => name);
  return readFaults(file, run, (kind) => {
    return kinds.includes(kind) ? undefined : `in ${run.mode} mode there is no kind of fault ${kind}`;
  });
}

/** What is wrong with a kind of fault; undefined: nothing. */
export type KindProblem = (kind: string) => string | undefined;

/** The faults of a JSON file, each of which can happen in this run. Throws WrongArguments. */
export function readFaults(file: string, run: Scheduled, kindProblem: KindProblem): Schedule {
  const schedule = parsed(file);
  if (!Array.isArray(schedule)) throw new WrongArguments(`--schedule ${file}: a JSON list of faults is needed`);
  for (const [at, fault] of schedule.entries()) {
    const problem = problemOf(fault, run, kindProblem);
    if (problem !== undefined) throw new WrongArguments(`--schedule ${file}: fault ${at + 1}: ${problem}`);
  }
  return schedule as Schedule;
}

/** By what results of a schedule are known. */
export function scheduleHash(schedule: Schedule | undefined): string | undefined {
  return schedule === undefined ? undefined : createHash('sha256').update(JSON.stringify(schedule)).digest('hex');
}

const FIELDS = ['kind', 'atMs', 'target', 'forMs', 'other', 'amount', 'mode'];

/** What is wrong with a fault; undefined: nothing. */
function problemOf(fault: unknown, { nodes, minutes }: Scheduled, kindProblem: KindProblem): string | undefined {
  if (typeof fault !== 'object' || fault === null || Array.isArray(fault))
    return `${JSON.stringify(fault)} is no fault`;
  const { kind, atMs, target, forMs, other, amount, mode: way } = fault as Record<string, unknown>;
  const strange = Object.keys(fault).find((name) => !FIELDS.includes(name));
  if (strange !== undefined) return `there is no field ${strange}; a fault has ${FIELDS.join(', ')}`;
  if (kind === undefined) return 'it has no kind';
  const endMs = minutes * 60_000;
  return (
    kindProblem(String(kind)) ??
    timeProblem('atMs', atMs) ??
    (Number(atMs) >= endMs ? `atMs ${atMs}: the run has only ${endMs} ms` : undefined) ??
    timeProblem('forMs', forMs) ??
    targetProblem('target', target, nodes) ??
    (other === undefined ? undefined : targetProblem('other', other, nodes)) ??
    (amount === undefined || Number.isFinite(amount) ? undefined : `amount ${JSON.stringify(amount)} is no number`) ??
    (way === undefined || typeof way === 'string' ? undefined : `mode ${JSON.stringify(way)} is no text`)
  );
}

function timeProblem(field: string, value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return undefined;
  return value === undefined
    ? `it has no ${field}`
    : `${field} ${JSON.stringify(value)}: milliseconds, not below 0, are needed`;
}

function targetProblem(field: string, value: unknown, nodes: number): string | undefined {
  const words = ['leader', 'follower', 'other-follower', 'all'];
  const last = `n${nodes - 1}`;
  if (words.includes(value as string) || (typeof value === 'string' && /^n\d$/.test(value) && value <= last))
    return undefined;
  return value === undefined
    ? `it has no ${field}`
    : `${field} ${String(value)}: one of ${words.join(', ')} or n0 to ${last} is needed`;
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new WrongArguments(`--schedule ${file}: ${(error as Error).message}`);
  }
}
