import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Schedule } from '../fault/schedule.ts';
import type { ModeName } from '../sim/mode-name.ts';
import { modes } from '../sim/modes.ts';
import { WrongArguments } from './arguments.ts';

/** The faults of a JSON file, all of which a mode knows; undefined without a file. Throws WrongArguments. */
export function readSchedule(file: string | undefined, mode: ModeName): Schedule | undefined {
  if (file === undefined) return undefined;
  const schedule = parsed(file);
  if (!Array.isArray(schedule)) throw new WrongArguments(`--schedule ${file}: a JSON list of faults is needed`);
  const names = new Set(modes[mode].kinds.map(({ name }) => name));
  const strange = (schedule as Schedule).find(({ kind }) => !names.has(kind));
  if (strange !== undefined)
    throw new WrongArguments(`--schedule ${file}: in ${mode} mode there is no kind of fault ${strange.kind}`);
  return schedule;
}

/** By what results of a schedule are known. */
export function scheduleHash(schedule: Schedule | undefined): string | undefined {
  return schedule === undefined ? undefined : createHash('sha256').update(JSON.stringify(schedule)).digest('hex');
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new WrongArguments(`--schedule ${file}: ${(error as Error).message}`);
  }
}
