import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../drill/plan/plan.ts';
import type { DrillReport } from '../drill/report/drill-report.ts';
import { markdownOf } from '../drill/report/markdown.ts';
import { runDrill } from '../drill/run/run-drill.ts';
import { LookLine } from './chaos-text.ts';
import { Progress } from './progress.ts';
import { commitName, programFolder } from './sources.ts';

export interface PlayDrillOptions {
  readonly plan: Plan;
  readonly seed: number;
  readonly directory: string;
  readonly keep: boolean;
}

/** Plays a drill, prints its report and leaves it in files; returns the exit code. */
export async function playDrill(
  { plan, seed, directory, keep }: PlayDrillOptions,
  signal: AbortSignal,
): Promise<number> {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace(/\..*/, '').replace('T', '-');
  const folder = join(directory, `${plan.name}-${stamp}`);
  console.error(`${plan.name}, ${plan.repeat} trials, seed ${seed}, in ${folder}`);
  const progress = new Progress();
  const looks = new LookLine();
  const report = await runDrill({
    plan,
    seed,
    replay: `npm run drill -- ${plan.name} --repeat ${plan.repeat} --seed ${seed}`,
    versions: { LedgerMQ: commitName(), Node: process.version },
    directory: folder,
    programs: { mqnamesrv: join(programFolder, 'mqnamesrv.js'), mqbroker: join(programFolder, 'chaos-broker.js') },
    watchdog: join(programFolder, 'watchdog.js'),
    signal,
    onLook: (look) => progress.show(looks.line(look, performance.now())),
  });
  progress.clear();
  writeReports(report, folder);
  if (report.outcome === 'passed' && !keep) removeData(folder);
  console.log(markdownOf(report));
  console.log(`Reports: ${folder}/report.{md,json}`);
  if (report.outcome === 'interrupted') return 3;
  return report.outcome === 'passed' ? 0 : 1;
}

function writeReports(report: DrillReport, folder: string): void {
  writeFileSync(join(folder, 'report.md'), markdownOf(report));
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, undefined, 1)}\n`);
}

/** Data and logs of the group; reports and journal stay. */
function removeData(folder: string): void {
  for (const name of ['group', 'clients.log', 'watchdog.txt'])
    rmSync(join(folder, name), { recursive: true, force: true });
}
