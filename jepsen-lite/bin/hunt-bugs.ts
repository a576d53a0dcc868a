import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlantedBug } from '../bug/planted-bug.ts';
import { plantedBugs } from '../bug/planted-bugs.ts';
import { judgeRecord, readBugRecords, writeBugRecords } from './bug-records.ts';
import { buildWithBug } from './build-with-bug.ts';
import { MOST_SEEDS, type SimOptions } from './options.ts';
import { Progress } from './progress.ts';
import { readSchedule } from './read-schedule.ts';
import { failureText, replayOf } from './report-text.ts';
import type { SeedJob, SeedReport } from './seed-job.ts';
import { commitName, root, workerProgram } from './sources.ts';
import { playAll } from './worker-pool.ts';

/** Which seed finds each bug. */
const recordFile = join(root, 'jepsen-lite/bug/found.txt');

/** Tells of one thing that went as it must, or did not. */
type Count = (good: boolean, line: string) => void;

interface Found {
  readonly bug: PlantedBug;
  readonly job: SeedJob;
  readonly report: SeedReport | undefined;
  readonly seeds: number;
}

/** Hunts each bug, or plays its seed on record with and without it; true if all went as it must. */
export async function huntBugs(options: SimOptions): Promise<boolean> {
  const bugs = plantedBugs
    .filter(({ name }) => options.bugs.includes(name))
    .map((bug) => {
      const { minutes } = options;
      const given = readSchedule(options.schedule, {
        mode: bug.mode ?? 'dledger',
        nodes: nodesOf(bug, options),
        minutes,
      });
      return given === undefined ? bug : { ...bug, schedule: given };
    });
  let passed = 0;
  let failed = 0;
  const say = sayOf(options);
  const count: Count = (good, line) => {
    if (good) passed++;
    else failed++;
    say(`${good ? 'ok  ' : 'FAIL'} ${line}`);
  };
  const records: Found[] = [];
  for (const bug of bugs) {
    const program = buildWithBug(bug, 'dist.sim-bugs', 'jepsen-lite/bin/worker.ts');
    if (options.recorded) await playRecord(bug, program, count);
    else records.push(await hunt(bug, program, options, count));
  }
  if (options.record !== undefined) writeRecords(options.record, records);
  say(`${passed} passed, ${failed} failed`);
  if (options.json !== undefined) {
    const bugsFound = records.map(({ bug, report, seeds, job }) => {
      return { bug: bug.name, seeds, seed: job.seed, nodes: job.nodes, violation: report?.violation };
    });
    const counts = { numPassedTests: passed, numFailedTests: failed, testResults: [] };
    writeFileSync(
      options.json,
      `${JSON.stringify({ commit: commitName(), ...counts, bugs: bugsFound }, undefined, 1)}\n`,
    );
  }
  return failed === 0;
}

/** Standard output has the trace, and nothing else, where one is asked for. */
function sayOf({ trace }: SimOptions): (text: string) => void {
  return trace ? console.error : console.log;
}

function nodesOf(bug: PlantedBug, options: SimOptions): number {
  return options.nodes ?? bug.nodes ?? 3;
}

async function hunt(bug: PlantedBug, program: string, options: SimOptions, count: Count): Promise<Found> {
  const { seed: from, minutes, seeds: most = MOST_SEEDS, workers, trace } = options;
  const nodes = nodesOf(bug, options);
  const { schedule } = bug;
  const jobs = Array.from({ length: most }, (_, at): SeedJob => {
    const { mode = 'dledger' } = bug;
    return { mode, seed: from + at, nodes, minutes, schedule, twice: false, trace, timelineFile: options.timeline };
  });
  const progress = new Progress();
  let first: SeedReport | undefined;
  let played = 0;
  await playAll(program, jobs, trace ? 1 : workers, (report) => {
    progress.show(`${bug.name}: ${++played}/${most} seeds`);
    if (report.violation !== undefined && report.seed < (first?.seed ?? Number.POSITIVE_INFINITY)) first = report;
    return first !== undefined;
  });
  progress.clear();
  const job = jobs.find(({ seed }) => seed === first?.seed) ?? (jobs[0] as SeedJob);
  const seeds = first === undefined ? most : first.seed - from + 1;
  if (options.bugs.length === 1 && first !== undefined) await tell(bug, program, job, first, options);
  const { violation } = first ?? {};
  if (violation === undefined) count(false, `${bug.name}: not found in ${most} seeds`);
  else {
    const expected = bug.foundBy.includes(violation.invariant);
    const how = expected ? '' : `, which should have been one of ${bug.foundBy.join(', ')}: ${violation.text}`;
    count(expected, `${bug.name}: found by seed ${job.seed}, the ${seeds}., by ${violation.invariant}${how}`);
  }
  return { bug, job, report: first, seeds };
}

/** Tells of the seed that finds a bug as of any failure: with the smallest schedule, its trace, its timeline and what clients saw, in a folder. */
async function tell(
  bug: PlantedBug,
  program: string,
  job: SeedJob,
  found: SeedReport,
  options: SimOptions,
): Promise<void> {
  const { seed, nodes } = job;
  const given = options.schedule === undefined ? {} : { schedule: job.schedule, scheduleFile: options.schedule };
  const { schedule: _planted, ...drawn } = job;
  const replay = replayOf({ ...drawn, ...given }, bug.name);
  if (options.trace) {
    console.error(failureText(found, commitName(), replay));
    return;
  }
  const failureFolder = join(options.failures, `${bug.name}-seed-${seed}-${nodes}n`);
  const progress = new Progress();
  progress.show(`${bug.name}: found by seed ${seed}; looking for the smallest schedule`);
  const report = await playOne(program, { ...job, timelineFile: undefined, failureFolder });
  progress.clear();
  console.log(failureText(report, commitName(), replay));
}

/** Plays the seed on record. A change of the product changes what a seed plays: one that finds nothing any more fails, and has to be hunted anew. */
async function playRecord(bug: PlantedBug, program: string, count: Count): Promise<void> {
  const record = readBugRecords(recordFile).find(({ name }) => name === bug.name);
  if (record === undefined) {
    count(false, `${bug.name}: no seed is on record; --bug ${bug.name} --record FILE hunts it`);
    return;
  }
  const { mode = 'dledger', schedule } = bug;
  const { seed, nodes, minutes } = record;
  const job: SeedJob = { mode, seed, nodes, minutes, schedule, twice: false };
  const [planted, sound] = await Promise.all([playOne(program, job), playOne(workerProgram, job)]);
  for (const { good, line } of judgeRecord(record, planted, sound)) count(good, line);
}

async function playOne(program: string, job: SeedJob): Promise<SeedReport> {
  let result: SeedReport | undefined;
  await playAll(program, [job], 1, (report) => {
    result = report;
    return undefined;
  });
  return result as SeedReport;
}

function writeRecords(file: string, records: readonly Found[]): void {
  const fresh = records.flatMap(({ bug: { name }, job: { seed, nodes, minutes }, report, seeds }) => {
    const foundBy = report?.violation?.invariant;
    return foundBy === undefined ? [] : [{ name, seed, nodes, minutes, hunted: seeds, foundBy }];
  });
  writeBugRecords(file, fresh, new Set(records.map(({ bug }) => bug.name)));
}

/** What each planted bug breaks. */
export function bugList(): string {
  return plantedBugs
    .map(({ name, mode, breaks, source, replaces, foundBy }) => {
      return `${name}${mode === undefined ? '' : ` (${mode} mode)`}\n  ${breaks}\n  rule: ${source}\n  in the place of ${replaces}; found by ${foundBy.join(', ')}`;
    })
    .join('\n');
}
