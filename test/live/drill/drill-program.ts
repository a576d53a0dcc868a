import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GroupRecord } from '../../../cluster/launch/group-folder.ts';
import type { LaunchedProcess } from '../../../cluster/launch/launched-process.ts';
import type { DrillReport } from '../../../jepsen-lite/drill/report/drill-report.ts';
import { until } from '../../../scripts/bench/failover/until.ts';
import { program } from '../harness/live-group.ts';
import { RunningProgram } from '../harness/run-program.ts';

const PATIENCE_MS = 60_000;

/** Starts a drill of a plan; runs and reports go to `folder`. */
export function startDrill(folder: string, plan: object, ...args: readonly string[]): RunningProgram {
  return startDrillOf(program('drill'), folder, plan, ...args);
}

/** The same with the program `drill` of another package. */
export function startDrillOf(drill: string, folder: string, plan: object, ...args: readonly string[]): RunningProgram {
  const file = join(folder, 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  return new RunningProgram(process.execPath, [drill, file, '--seed', '1', '--dir', join(folder, 'runs'), ...args]);
}

/** The folder of the only drill that was started below `folder`. */
function runFolder(folder: string): string | undefined {
  try {
    const [run] = readdirSync(join(folder, 'runs'));
    return run === undefined ? undefined : join(folder, 'runs', run);
  } catch {
    return undefined;
  }
}

export function reportOf(folder: string): DrillReport {
  return JSON.parse(readFileSync(join(runFolder(folder) ?? '', 'report.json'), 'utf8')) as DrillReport;
}

/** A file of the run; empty where there is none. */
export function readRun(folder: string, name: string): string {
  try {
    return readFileSync(join(runFolder(folder) ?? '', name), 'utf8');
  } catch {
    return '';
  }
}

/** Names of the events in the journal. */
export function eventsOf(folder: string): string[] {
  const lines = readRun(folder, 'journal.jsonl').trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => (JSON.parse(line) as { event: string }).event);
}

/** Waits until a fault was made. */
export async function untilFault(folder: string): Promise<void> {
  await until('that a fault is on', PATIENCE_MS, () => readRun(folder, 'journal.jsonl').includes('"text":"fault'));
}

/** What the drill has started, by the record of its group. */
export function startedBy(folder: string): LaunchedProcess[] {
  const { processes } = JSON.parse(readRun(folder, 'group/group.json')) as GroupRecord;
  return Object.values(processes);
}
