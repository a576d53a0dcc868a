import { randomInt } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartFailure } from '../../cluster/launch/start-group.ts';
import { gameDaySchema } from '../drill/plan/game-day.ts';
import { planSchema } from '../drill/plan/plan-schema.ts';
import { comparisonOf } from '../drill/report/compare.ts';
import type { DrillReport } from '../drill/report/drill-report.ts';
import { reportProblem } from '../drill/report/report-problem.ts';
import { DrillFailure } from '../drill/run/drill-run.ts';
import { describeFaults } from '../live/chaos/describe-faults.ts';
import { WrongArguments } from './arguments.ts';
import { DRILL_USAGE, readDrillCommand } from './drill-options.ts';
import { dryRun } from './dry-run.ts';
import { endProgram } from './end-program.ts';
import { interruption } from './interruption.ts';
import { exitCodeOf, playDrill } from './play-drill.ts';
import { describeGameDay, playGameDay } from './play-game-day.ts';

const HIGHEST_DRAWN_SEED = 1_000_000;

async function main(args: string[], interrupted: AbortSignal): Promise<number> {
  const command = readDrillCommand(args, randomInt(HIGHEST_DRAWN_SEED));
  switch (command.what) {
    case 'help':
      console.log(DRILL_USAGE);
      return 0;
    case 'schema':
      console.log(JSON.stringify(planSchema, undefined, 2));
      return 0;
    case 'game-day-schema':
      console.log(JSON.stringify(gameDaySchema, undefined, 2));
      return 0;
    case 'list-faults':
      console.log(describeFaults());
      return 0;
    case 'compare':
      console.log(comparisonOf(reportIn(command.reports[0]), reportIn(command.reports[1])));
      return 0;
    case 'dry-run':
      console.log(await dryRun(command.plan));
      return 0;
    case 'play':
      return exitCodeOf((await playDrill(command, interrupted)).report);
    case 'describe-game-day':
      console.log(
        await describeGameDay(
          command.day,
          command.parts.map(({ plan }) => plan),
        ),
      );
      return 0;
    case 'play-game-day':
      return await playGameDay(command, interrupted);
  }
}

/** A report by its file, or by the folder of its run. */
function reportIn(path: string): DrillReport {
  const file = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, 'report.json') : path;
  const report = contentOf(file);
  const problem = reportProblem(report);
  if (problem !== undefined) throw new WrongArguments(`${path}: ${problem}`);
  return report as DrillReport;
}

/** Undefined where nothing can be read, or it is no JSON. */
function contentOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

// Before anything else, so that an early SIGINT ends in good order, too.
const interrupted = interruption();
await endProgram(
  () => main(process.argv.slice(2), interrupted),
  (error) => error instanceof StartFailure || error instanceof DrillFailure,
);
