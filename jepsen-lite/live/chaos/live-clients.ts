import { History } from '../../checker/history.ts';
import { Consumption } from '../../workload/consumption.ts';
import type { ClientJudge, Workload } from '../../workload/workload.ts';
import type { ReadBack } from '../read-back.ts';

export interface LiveClientsOptions {
  readonly judge: ClientJudge;
  readonly nameServer: string;
  /** Time since the run began, ms. */
  readonly nowMs: () => number;
}

const NS_PER_MS = 1_000_000;

/** What the clients of a live run share: one history, one judge, one clock, and the word that it is time to end. */
export abstract class LiveClients implements Workload {
  readonly history = new History();
  readonly topics: readonly string[];
  /** The group whose members consume all topics. */
  abstract readonly consumerGroup: string;
  /** Some of them use registers. */
  abstract readonly hasRegisters: boolean;
  readonly judge: ClientJudge;
  readonly nameServer: string;
  readonly counts = { acknowledged: 0, refused: 0, unknown: 0 };
  stopped = false;
  consumersStopped = false;
  /** What was stored when all was over; undefined before, and where that could not be read. */
  stored: ReadBack | undefined;
  readonly consumption = new Consumption();
  readonly #nowMs: () => number;
  #processes = 0;
  #values = 0;
  #running = 0;
  #consuming = 0;

  constructor({ judge, nameServer, nowMs }: LiveClientsOptions, topics: readonly string[] = ['A', 'B']) {
    this.judge = judge;
    this.nameServer = nameServer;
    this.topics = topics;
    this.#nowMs = nowMs;
  }

  /** Whether every client but the consumers has come to its end. */
  get idle(): boolean {
    return this.#running === 0;
  }

  /** Whether the consumers have. */
  get consumersIdle(): boolean {
    return this.#consuming === 0;
  }

  readonly ended = (outcome: 'ok' | 'fail' | 'info'): void => {
    this.counts[outcome === 'ok' ? 'acknowledged' : outcome === 'fail' ? 'refused' : 'unknown']++;
  };

  nowNs(): number {
    return Math.round(this.#nowMs() * NS_PER_MS);
  }

  newProcess(): number {
    return this.#processes++;
  }

  newValue(): string {
    return `#${this.#values++}`;
  }

  /** Lets a client run until it ends by itself. */
  begin(run: Promise<void>): void {
    this.#running++;
    this.#hear(run, () => this.#running--);
  }

  /** The same for a consumer. */
  beginConsumer(run: Promise<void>): void {
    this.#consuming++;
    this.#hear(run, () => this.#consuming--);
  }

  #hear(run: Promise<void>, ended: () => void): void {
    run.then(ended, (error: Error) => this.judge.broken('client', error.stack ?? error.message));
  }
}
