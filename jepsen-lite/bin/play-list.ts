import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModeName } from '../sim/mode-name.ts';
import { modes } from '../sim/modes.ts';
import { coverageTable } from './coverage-table.ts';
import { DEFAULT_SEEDS, type SimOptions } from './options.ts';
import { Progress } from './progress.ts';
import { readSchedule, scheduleHash } from './read-schedule.ts';
import { readSeedList } from './read-seed-list.ts';
import { failureText, progressLine, replayOf, workLine } from './report-text.ts';
import { ResultsFile } from './results-file.ts';
import type { SeedJob, SeedReport } from './seed-job.ts';
import { commitName, programsHash, workerProgram } from './sources.ts';
import { addReport, noTotals } from './totals.ts';
import { playAll } from './worker-pool.ts';

/** Every tenth seed is played twice. */
const TWICE_EVERY = 10;

/** Plays seeds and tells of those that fail; true if none did. */
export async function playList(options: SimOptions): Promise<boolean> {
  const commit = commitName();
  const results =
    options.resume === undefined
      ? undefined
      : new ResultsFile<SeedReport>(options.resume, commit, programsHash([workerProgram]));
  const all = jobsOf(options);
  const totals = noTotals();
  const progress = new Progress();
  const startedAt = performance.now();
  const line = (): string => progressLine(totals, all.length, (performance.now() - startedAt) / 1_000);
  const failed: SeedReport[] = [];
  // Standard output has the trace, and nothing else.
  const say = options.trace ? console.error : console.log;
  const traces: Record<string, string> = {};
  const count = (report: SeedReport, job: SeedJob): undefined => {
    addReport(totals, report);
    traces[`${report.mode === 'dledger' ? '' : `${report.mode}/`}${report.seed}/${report.nodes}`] = report.traceHash;
    if (report.violation === undefined) return;
    failed.push(report);
    progress.clear();
    say(failureText(report, commit, replayOf(job)));
  };
  const fresh = all.filter((job) => {
    const known = results?.reportOf(job);
    if (known !== undefined) count(known, job);
    return known === undefined;
  });
  if (results !== undefined)
    console.error(
      `${options.resume} has ${all.length - fresh.length} of these seeds, and ${results.others} seeds of other sources`,
    );
  await playAll(workerProgram, fresh, options.trace ? 1 : options.workers, (report, job) => {
    results?.add(report);
    count(report, job);
    progress.show(line());
    return undefined;
  });
  progress.clear();
  if (!options.trace) {
    const kinds = new Set(all.flatMap(({ mode }) => modes[mode].kinds.map(({ name }) => name)));
    console.log(coverageTable(totals.coverage, [...kinds]));
  }
  say(`${line()}\n${workLine(totals)}`);
  if (options.trace && failed.length === 0) say(`${all.length} seeds pass`);
  if (options.json !== undefined) {
    const counts = { numPassedTests: totals.seeds - totals.failures, numFailedTests: totals.failures, testResults: [] };
    const failures = failed.map(({ mode, seed, nodes, minutes, violation }) => ({
      mode,
      seed,
      nodes,
      minutes,
      violation,
    }));
    const summary = { commit, node: process.version, ...counts, ...totals, failures, traces };
    writeFileSync(options.json, `${JSON.stringify(summary, undefined, 1)}\n`);
  }
  return totals.failures === 0;
}

function jobsOf(options: SimOptions): SeedJob[] {
  const { mode, seed: from, nodes = 3, minutes, trace, timeline, history, details, failures } = options;
  const folderOf = (of: ModeName, seed: number, members: number): string =>
    join(failures, `${of === 'dledger' ? '' : `${of}-`}seed-${seed}-${members}n`);
  if (options.list !== undefined) {
    return readSeedList(options.list).map(({ file, ...job }) => {
      const schedule = readSchedule(file, job);
      const failureFolder = folderOf(job.mode, job.seed, job.nodes);
      return { ...job, twice: true, schedule, given: scheduleHash(schedule), scheduleFile: file, failureFolder };
    });
  }
  const schedule = readSchedule(options.schedule, { mode, nodes, minutes });
  const given = scheduleHash(schedule);
  return Array.from({ length: options.seeds ?? DEFAULT_SEEDS }, (_, at) => {
    const seed = from + at;
    const twice = seed % TWICE_EVERY === 0 && !trace;
    const failureFolder = trace ? undefined : folderOf(mode, seed, nodes);
    const told = { timelineFile: timeline, historyFile: history, withDetails: details };
    const files = { scheduleFile: options.schedule, ...told, failureFolder };
    return { mode, seed, nodes, minutes, schedule, given, twice, trace, ...files };
  });
}
