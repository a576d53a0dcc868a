import type { Schedule } from '../fault/schedule.ts';
import { type RunResult, run } from '../sim/run.ts';
import { shrink } from '../sim/shrink.ts';
import type { TraceSink } from '../sim/trace.ts';
import { nodeEngine } from './engine.ts';

/** One seed to be played. */
export interface SeedJob {
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  /** Plays it twice; the trace hashes must match. */
  readonly twice: boolean;
  readonly schedule?: Schedule | undefined;
}

/** What became of a seed. */
export interface SeedReport extends Omit<RunResult, 'log'> {
  /** Newest log lines, of a failure. */
  readonly log: readonly string[];
  /** The smallest schedule that was found to fail in the same way. */
  readonly shrunk: Schedule | undefined;
  readonly seconds: number;
}

const MOST_SHRINK_RUNS = 30;
const LOG_LINES = 40;

/** Plays a seed; a failure is shrunk. */
export async function playSeed(job: SeedJob, traceSink?: TraceSink): Promise<SeedReport> {
  const startedAt = process.cpuUsage();
  const play = (schedule?: Schedule): Promise<RunResult> => {
    const durationMs = job.minutes * 60_000;
    return run({ seed: job.seed, nodes: job.nodes, durationMs, engine: nodeEngine, schedule, traceSink });
  };
  let result = await play(job.schedule);
  if (job.twice && result.violation === undefined) result = judgeTwice(result, await play(job.schedule));
  const { user, system } = process.cpuUsage(startedAt);
  const { log, ...rest } = result;
  const { violation } = result;
  const lines = violation === undefined ? [] : log.slice(-LOG_LINES).map(logLine);
  const shrunk = violation === undefined || traceSink !== undefined ? undefined : await shrunkOf(result, play);
  return { ...rest, log: lines, shrunk, seconds: (user + system) / 1e6 };
}

function judgeTwice(first: RunResult, second: RunResult): RunResult {
  if (first.traceHash === second.traceHash) return first;
  const text = `the same seed gave the traces ${first.traceHash} (${first.events} events) and ${second.traceHash} (${second.events} events)`;
  return { ...first, violation: { invariant: 'deterministic', text, atMs: 0 } };
}

function shrunkOf(failed: RunResult, play: (schedule: Schedule) => Promise<RunResult>): Promise<Schedule> {
  const fails = async (schedule: Schedule): Promise<boolean> => {
    const { violation } = await play(schedule);
    return violation?.invariant === failed.violation?.invariant;
  };
  return shrink(failed.schedule, fails, MOST_SHRINK_RUNS);
}

function logLine({ atMicros, node, level, message, fields }: RunResult['log'][number]): string {
  return `${(atMicros / 1_000).toFixed(3).padStart(12)} ${node.padEnd(5)} ${level} ${message} ${fields === undefined ? '' : JSON.stringify(fields)}`;
}
