import { setTimeout as sleep } from 'node:timers/promises';
import { CpuMeter, type ProcessCpu, type WatchedProcess } from '../system/cpu-meter.ts';
import { Latencies } from './latencies.ts';

/** How long load is applied. */
export interface Duration {
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What one run of one row gave. Times in milliseconds. */
export interface Measurement {
  readonly messages: number;
  readonly seconds: number;
  readonly messagesPerSecond: number;
  /** Durations of requests: a message sent, or a pull of several. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Share of one core by process during the measurement, 1 = a whole core. */
  readonly cpu: readonly ProcessCpu[];
}

/** Some load that runs until it is told to stop. */
export interface Load {
  /** Begins; failures come through `failed`. */
  start(): void;
  /** Begins nothing new; resolves when everything that was begun is answered. */
  stop(): Promise<void>;
  /** Rejects as soon as something goes wrong that makes the measurement worthless. */
  readonly failed: Promise<never>;
  /** There may be nothing left to do before the time is up: then the measurement ends with the last message. */
  readonly isFinite?: boolean;
}

/** Where a load puts what it sees. */
export class Tally {
  readonly latencies = new Latencies();
  messages = 0;
  /** Messages since the beginning, warm-up included. */
  total = 0;
  /** When the last message came, on the clock of `performance.now()`. */
  lastMs = 0;

  /** One answer, `count` messages in it, to a request that was sent at `sentMs`. */
  add(count: number, sentMs: number, nowMs: number): void {
    this.messages += count;
    this.total += count;
    this.lastMs = nowMs;
    this.latencies.add(nowMs - sentMs);
  }

  clear(): void {
    this.messages = 0;
    this.latencies.clear();
  }
}

/** Runs a load: warm-up, then the measured window. */
export async function measure(
  load: Load,
  tally: Tally,
  duration: Duration,
  processes: readonly WatchedProcess[],
): Promise<Measurement> {
  load.start();
  await Promise.race([sleep(duration.warmUpMs), load.failed]);
  const meter = new CpuMeter(processes);
  tally.clear();
  const startedMs = performance.now();
  await Promise.race([sleep(duration.measureMs), load.failed]);
  const ms = (load.isFinite ? tally.lastMs : performance.now()) - startedMs;
  const cpu = meter.stop();
  const { messages, latencies } = tally;
  const [p50, p99, p999] = [latencies.percentile(0.5), latencies.percentile(0.99), latencies.percentile(0.999)];
  await Promise.race([load.stop(), load.failed]);
  const seconds = ms / 1000;
  return { messages, seconds, messagesPerSecond: messages / seconds, p50, p99, p999, cpu };
}
