import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../../cluster/launch/fast-try/hint.ts';
import { plantedBugs } from '../bug/planted-bugs.ts';
import type { Schedule } from '../fault/schedule.ts';
import type { ChaosReport } from '../live/chaos/chaos-report.ts';
import { runChaos } from '../live/chaos/run-chaos.ts';
import { WrongArguments } from './arguments.ts';
import { buildWithBug } from './build-with-bug.ts';
import { judgeMinimums, type Minimum, minimumsText } from './chaos-minimums.ts';
import { type ChaosCommand, namesIn } from './chaos-options.ts';
import { type Round, roundsOf } from './chaos-round.ts';
import { chaosSchedule } from './chaos-schedule.ts';
import { chaosText, injectedOf, outcomeOf } from './chaos-text.ts';
import { checkFile, makeFolder } from './check-path.ts';
import { scheduleHash } from './read-schedule.ts';
import { ResultsFile } from './results-file.ts';
import { commitName, programFolder, programsHash } from './sources.ts';
import { openView } from './view/live-view.ts';

/** Plays the rounds of a command; returns the exit code. */
export async function playRounds(command: ChaosCommand, signal: AbortSignal): Promise<number> {
  const rounds = roundsOf(command);
  const schedule = chaosSchedule(command, rounds);
  checkPaths(command, rounds);
  const commit = commitName();
  const how = `${programsHash()} ${command.mode.name} ${command.kinds.join(',')} ${command.rate} ${command.cuts} ${scheduleHash(schedule) ?? ''} ${command.bug ?? ''}`;
  const broker = brokerProgram(command.bug);
  const results = command.resume === undefined ? undefined : new ResultsFile<ChaosReport>(command.resume, commit, how);
  const reports: ChaosReport[] = [];
  for (const round of rounds) {
    if (signal.aborted) break;
    const known = results?.reportOf(round);
    if (known !== undefined) console.error(`seed ${round.seed}: ${command.resume} has it`);
    const report = known ?? (await playRound(command, round, schedule, broker, signal));
    reports.push(report);
    if (known === undefined && report.isWhole) results?.add(report);
    if (report.violation !== undefined) break;
  }
  if (reports.length > 1) console.log(totalText(reports));
  const minimums = judgeMinimums(reports, command.minimums);
  if (command.json !== undefined) {
    const summary = { commit, node: process.version, ...testCounts(reports, minimums), minimums, rounds: reports };
    writeFileSync(command.json, `${JSON.stringify(summary, undefined, 1)}\n`);
  }
  if (command.bug !== undefined) {
    console.log(`${command.bug} ${reports.some(convicts) ? 'is convicted' : 'is not found'}`);
  } else if (reports.every(({ violation, isWhole }) => violation === undefined && isWhole)) {
    console.log(minimumsText(minimums));
  }
  return exitCodeOf(reports, minimums, { hasBug: command.bug !== undefined, isInterrupted: signal.aborted });
}

/** What shows no bug of a broker: mistakes of the run and of clients, and times that a busy machine can make long. */
const NO_PROOF = ['chaos', 'client', 'liveness', 'checker availability'];

/** Whether a run proves that a promise of safety was broken. A checker that cannot tell proves nothing. */
function convicts({ violation, verdicts }: ChaosReport): boolean {
  if (violation === undefined || NO_PROOF.includes(violation.invariant)) return false;
  const verdict = verdicts.find(({ checker }) => `checker ${checker}` === violation.invariant);
  return verdict === undefined || verdict.valid === false;
}

/** Each round and each minimum is a test, as CI counts them. */
function testCounts(reports: readonly ChaosReport[], minimums: readonly Minimum[]) {
  const all = [...reports.map((report) => outcomeOf(report) === 'passes'), ...minimums.map(({ holds }) => holds)];
  const passed = all.filter((passes) => passes).length;
  return { numPassedTests: passed, numFailedTests: all.length - passed, testResults: [] };
}

/** Of a run of these rounds. */
export function exitCodeOf(
  reports: readonly ChaosReport[],
  minimums: readonly Minimum[],
  { hasBug, isInterrupted }: { readonly hasBug: boolean; readonly isInterrupted: boolean },
): number {
  const isBroken = reports.some(({ violation }) => violation !== undefined);
  if (isInterrupted && !isBroken) return 3;
  const passes = reports.every((report) => outcomeOf(report) === 'passes') && minimums.every(({ holds }) => holds);
  return (hasBug ? reports.some(convicts) : passes) ? 0 : 1;
}

/** Throws WrongArguments where something could not be written when it comes to it. */
function checkPaths(command: ChaosCommand, rounds: readonly Round[]): void {
  checkFile('resume', command.resume);
  checkFile('json', command.json);
  makeFolder('dir', command.directory);
  for (const round of rounds) checkRoom(folderOf(command, round));
}

function folderOf({ directory }: ChaosCommand, { mode, seed, nodes }: Round): string {
  return join(directory, `${mode}-seed-${seed}-${nodes}n`);
}

/** The broker that the rounds are played with, sound or with a planted bug. */
function brokerProgram(bug: string | undefined): string {
  const planted = plantedBugs.find(({ name }) => name === bug);
  if (planted === undefined) return join(programFolder, 'chaos-broker.js');
  return buildWithBug(planted, 'dist.chaos-bugs', 'jepsen-lite/bin/chaos-broker.ts');
}

async function playRound(
  command: ChaosCommand,
  round: Round,
  schedule: Schedule | undefined,
  broker: string,
  signal: AbortSignal,
): Promise<ChaosReport> {
  const { seed, nodes, minutes } = round;
  const directory = folderOf(command, round);
  // What an earlier run of the same seed left, and nothing else.
  checkRoom(directory);
  rmSync(directory, { recursive: true, force: true });
  const title = `chaos in mode ${command.mode.name}, seed ${seed}, ${nodes} members, ${minutes} minutes, in ${directory}`;
  console.error(title);
  const head = command.mode.name === 'controller' ? 'master' : 'leader';
  const view = openView({ title, head, plain: command.plain });
  const report = await runChaos({
    ...round,
    mode: command.mode,
    kinds: namesIn(command.kinds, round.cuts, nodes),
    schedule,
    // What a leader acknowledges alone is lost when another is elected: so that who should not have, shows it in the first minute, whatever else is drawn.
    isolatesLeaders: command.bug !== undefined,
    rate: command.rate,
    directory,
    programs: { mqnamesrv: join(programFolder, 'chaos-namesrv.js'), mqbroker: broker },
    watchdog: join(programFolder, 'watchdog.js'),
    keepsHistory: command.keep,
    signal,
    onLook: (look) => view.show(look),
  });
  view.clear();
  const passed = outcomeOf(report) === 'passes';
  if (passed && !command.keep) rmSync(directory, { recursive: true });
  const replay = `npm run chaos -- --mode ${command.mode.name} --seed ${seed} --nodes ${nodes} --minutes ${minutes} --rate ${command.rate} --cuts ${round.cuts}${command.bug === undefined ? '' : ` --bug ${command.bug}`} --schedule ${shellWord(join(directory, 'schedule.json'))} --dir DIR`;
  console.log(chaosText(report, replay, passed && !command.keep ? undefined : directory));
  return report;
}

/** Throws WrongArguments where the folder of a round is there, and holds something else than an earlier run. */
function checkRoom(directory: string): void {
  if (existsSync(directory) && !existsSync(join(directory, 'watchdog.txt')))
    throw new WrongArguments(`--dir: ${directory} is no folder of a chaos run; name another one`);
}

function totalText(reports: readonly ChaosReport[]): string {
  const sum = (of: (report: ChaosReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const { length } = reports;
  return `${length} rounds: ${sum(injectedOf)} faults, ${sum(({ messages }) => messages.acknowledged)} acknowledged messages judged, ${sum(({ messages }) => messages.lost)} lost, ${sum(({ messages }) => messages.phantom)} phantom, ${sum(({ messages }) => messages.orderBreaks)} order breaks`;
}
