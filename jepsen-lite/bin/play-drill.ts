import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { countText } from '../drill/plan/count-text.ts';
import { headOf, type Plan } from '../drill/plan/plan.ts';
import type { DrillReport } from '../drill/report/drill-report.ts';
import { markdownOf } from '../drill/report/markdown.ts';
import { writeReports } from '../drill/report/write-reports.ts';
import { runDrill } from '../drill/run/run-drill.ts';
import { makeFolder } from './check-path.ts';
import { replayText } from './replay-text.ts';
import { productVersion, programFolder } from './sources.ts';
import { openView } from './view/live-view.ts';

export interface PlayDrillOptions {
  readonly plan: Plan;
  /** The arguments by which it is repeated, but the seed. */
  readonly replay: readonly string[];
  readonly seed: number;
  readonly directory: string;
  readonly keep: boolean;
  readonly plain: boolean;
}

/** What became of a drill, and where it was left. */
export interface PlayedDrill {
  readonly report: DrillReport;
  readonly folder: string;
}

/** Plays a drill, prints its report and leaves it in files. Throws `StartFailure` and `DrillFailure`. */
export async function playDrill(options: PlayDrillOptions, signal: AbortSignal): Promise<PlayedDrill> {
  const { plan, replay, seed, directory, keep, plain } = options;
  makeFolder('dir', directory);
  const folder = newFolder(plan.name, directory);
  const title = `${plan.name}, ${countText(plan.repeat, 'trial')}, seed ${seed}, in ${folder}`;
  console.error(title);
  const view = openView({ title: `drill ${title}`, head: headOf(plan.target), plain });
  const report = await runDrill({
    plan,
    seed,
    replay: replayText(replay, seed),
    versions: { LedgerMQ: productVersion(), Node: process.version },
    directory: resolve(folder),
    programs: { mqnamesrv: program('drill-namesrv'), mqbroker: program('drill-broker') },
    watchdog: program('drill-watchdog'),
    signal,
    onLook: (look) => view.show(look),
    onNote: async (note, interrupted) => {
      view.clear();
      await confirmed(note, interrupted);
    },
  });
  view.clear();
  const files = writeReports(report, folder);
  if (report.outcome === 'passed' && !keep) removeData(folder);
  console.log(markdownOf(report));
  console.log(`Reports: ${files.map((file) => join(folder, file)).join(', ')}`);
  return { report, folder };
}

/** Of a drill that came to such an end. */
export function exitCodeOf({ outcome }: Pick<DrillReport, 'outcome'>): number {
  if (outcome === 'interrupted') return 3;
  return outcome === 'passed' ? 0 : 1;
}

function program(name: string): string {
  return join(programFolder, `${name}.js`);
}

/** Path of a new one: of two drills in the same second the later has a number. */
export function newFolder(name: string, directory: string): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace(/\..*/, '').replace('T', '-');
  const first = `${name}-${stamp}`;
  const taken = existsSync(directory) ? readdirSync(directory).filter((each) => each.startsWith(first)).length : 0;
  return join(directory, taken === 0 ? first : `${first}-${taken + 1}`);
}

/** Waits for Enter; where nobody can press it, the step counts as done. */
export async function confirmed(note: string, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY) {
    console.error(note);
    return;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    await lines.question(`${note}\nEnter when it is done: `, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    lines.close();
  }
}

/** Data and logs of the group; reports and journal stay. */
function removeData(folder: string): void {
  for (const name of ['group', 'clients.log', 'watchdog.txt'])
    rmSync(join(folder, name), { recursive: true, force: true });
}
