import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { headOf, type Plan } from '../drill/plan/plan.ts';
import { markdownOf } from '../drill/report/markdown.ts';
import { writeReports } from '../drill/report/write-reports.ts';
import { runDrill } from '../drill/run/run-drill.ts';
import { makeFolder } from './check-path.ts';
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

/** Plays a drill, prints its report and leaves it in files; returns the exit code. */
export async function playDrill(options: PlayDrillOptions, signal: AbortSignal): Promise<number> {
  const { plan, replay, seed, directory, keep, plain } = options;
  makeFolder('dir', directory);
  const folder = join(directory, folderName(plan.name, directory));
  const title = `${plan.name}, ${plan.repeat} ${plan.repeat === 1 ? 'trial' : 'trials'}, seed ${seed}, in ${folder}`;
  console.error(title);
  const view = openView({ title: `drill ${title}`, head: headOf(plan.target), plain });
  const report = await runDrill({
    plan,
    seed,
    replay: `drill ${[...replay, '--seed', seed].join(' ')}`,
    versions: { LedgerMQ: productVersion(), Node: process.version },
    directory: resolve(folder),
    programs: { mqnamesrv: program('mqnamesrv'), mqbroker: program('drill-broker') },
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
  if (report.outcome === 'interrupted') return 3;
  return report.outcome === 'passed' ? 0 : 1;
}

function program(name: string): string {
  return join(programFolder, `${name}.js`);
}

/** A new one: of two drills in the same second the later has a number. */
function folderName(name: string, directory: string): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace(/\..*/, '').replace('T', '-');
  const first = `${name}-${stamp}`;
  const taken = existsSync(directory) ? readdirSync(directory).filter((each) => each.startsWith(first)).length : 0;
  return taken === 0 ? first : `${first}-${taken + 1}`;
}

/** Waits for Enter; where nobody can press it, the step counts as done. */
async function confirmed(note: string, signal: AbortSignal): Promise<void> {
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
