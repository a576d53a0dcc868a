import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Schedule } from '../fault/schedule.ts';
import { writeHistory } from '../live/write-history.ts';
import { type RunResult, run } from '../sim/run.ts';
import { shrink } from '../sim/shrink.ts';
import { Timeline } from '../sim/timeline.ts';
import type { TraceSink } from '../sim/trace.ts';
import { nodeEngine } from './engine.ts';

import type { FailureReport, SeedJob, SeedReport } from './seed-job.ts';

const MOST_SHRINK_RUNS = 30;
const LOG_LINES = 40;
const TRACE_HEADER = 'time_ms\tnode\twhat\ta\tb';

/** Plays a seed; a failure is shrunk where it is to be told in files. */
export async function playSeed(job: SeedJob): Promise<SeedReport> {
  const startedAt = process.cpuUsage();
  const timeline = new Timeline(titleOf(job));
  const watched = job.trace === true || job.timelineFile !== undefined;
  if (job.trace) console.log(TRACE_HEADER);
  const sink: TraceSink = (...note) => {
    timeline.note(...note);
    if (job.trace) console.log(traceLine(note));
  };
  let result = await play(job, job.schedule, watched ? sink : undefined);
  let playedMs = result.simulatedMs;
  if (job.twice && result.violation === undefined) {
    const again = await play(job, job.schedule);
    playedMs += again.simulatedMs;
    result = judgeTwice(result, again);
  }
  const { user, system } = process.cpuUsage(startedAt);
  if (job.timelineFile !== undefined) writeFileSync(job.timelineFile, timeline.draw(result.violation));
  if (job.historyFile !== undefined)
    writeHistory(job.historyFile, result.history, { withDetails: job.withDetails === true });
  const { log, schedule, history, ...rest } = result;
  const failure = result.violation === undefined ? undefined : await failureOf(job, result);
  return {
    ...rest,
    mode: job.mode,
    nodes: job.nodes,
    minutes: job.minutes,
    given: job.given,
    failure,
    playedMs,
    cpuSeconds: (user + system) / 1e6,
  };
}

function titleOf({ mode, seed, nodes }: SeedJob): string {
  return `seed ${seed}, ${nodes} ${mode === 'controller' ? 'brokers in Controller mode' : 'members'}`;
}

function play(job: SeedJob, schedule: Schedule | undefined, traceSink?: TraceSink): Promise<RunResult> {
  const { mode, seed, nodes, minutes } = job;
  return run({ mode, seed, nodes, durationMs: minutes * 60_000, engine: nodeEngine, schedule, traceSink });
}

function judgeTwice(first: RunResult, second: RunResult): RunResult {
  if (first.traceHash === second.traceHash) return first;
  const text = `the same seed gave the traces ${first.traceHash} (${first.events} events) and ${second.traceHash} (${second.events} events)`;
  return { ...first, violation: { invariant: 'deterministic', text, atMs: 0 } };
}

async function failureOf(job: SeedJob, failed: RunResult): Promise<FailureReport> {
  const { failureFolder } = job;
  const log = failed.log.slice(-LOG_LINES).map(logLine);
  const faults = failed.schedule.length;
  const whole = { faults, shrunk: failed.schedule, isSmallest: false, shrunkViolation: undefined, log };
  if (failureFolder === undefined) return { ...whole, folder: undefined };
  const fails = async (schedule: Schedule): Promise<boolean> => {
    const { violation } = await play(job, schedule);
    return violation?.invariant === failed.violation?.invariant;
  };
  const untilMs = failed.violation?.atMs ?? 0;
  const { schedule: shrunk, isSmallest } = await shrink(failed.schedule, fails, MOST_SHRINK_RUNS, untilMs);
  const shrunkViolation = await writeFailure(job, failureFolder, shrunk);
  return { faults, shrunk, isSmallest, shrunkViolation, log, folder: failureFolder };
}

/** Plays the smallest schedule once more and writes down all that happens. */
async function writeFailure(job: SeedJob, folder: string, shrunk: Schedule): Promise<RunResult['violation']> {
  const timeline = new Timeline(`${titleOf(job)}, smallest schedule`);
  const lines = [TRACE_HEADER];
  const { violation, log, history } = await play(job, shrunk, (...note) => {
    timeline.note(...note);
    lines.push(traceLine(note));
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'schedule.json'), `${JSON.stringify(shrunk, undefined, 1)}\n`);
  writeFileSync(join(folder, 'trace.tsv'), `${lines.join('\n')}\n`);
  writeHistory(join(folder, 'history.jsonl'), history, { withDetails: true });
  writeFileSync(join(folder, 'timeline.svg'), timeline.draw(violation));
  writeFileSync(join(folder, 'log.txt'), `${log.map(logLine).join('\n')}\n`);
  return violation;
}

function traceLine([atMicros, node, what, a, b]: Parameters<TraceSink>): string {
  return `${(atMicros / 1_000).toFixed(3)}\t${node}\t${what}\t${a}\t${b}`;
}

function logLine({ atMicros, node, level, message, fields }: RunResult['log'][number]): string {
  return `${(atMicros / 1_000).toFixed(3).padStart(12)} ${node.padEnd(5)} ${level} ${message} ${fields === undefined ? '' : JSON.stringify(fields)}`;
}
