import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchOptions } from './arguments.ts';
import { ClientConsumeLoad } from './load/client-consume-load.ts';
import { ClientSendLoad } from './load/client-send-load.ts';
import { PullLoad } from './load/pull-load.ts';
import { SendLoad } from './load/send-load.ts';
import { type Load, type Measurement, measure, Tally } from './load/window.ts';
import type { Variant } from './modes.ts';
import { type Contender, FLOOR, throughClient } from './report/result.ts';
import type { Row } from './rows.ts';
import { startFloor } from './system/floor-system.ts';
import { type GroupSystem, startGroupSystem } from './system/group-system.ts';
import type { System } from './system/system.ts';

/** A load that has connections. */
interface OpenLoad extends Load {
  open(): Promise<void>;
  close(): void | Promise<void>;
}

/**
 * Messages that each system takes before anything is measured: programs then run as compiled as they ever will, and there is a backlog
 * to read that is bigger than what brokers keep in memory.
 */
const BACKLOG = 100_000;
const FILL_MS = 30_000;
const FILL_SHAPE = { connections: 4, inFlight: 256 };
const POLL_MS = 50;

/** Measures the contenders one after the other, so that none runs beside another. */
export class Contest {
  readonly runs = new Map<string, Measurement[]>();
  readonly #options: BenchOptions;
  readonly #directory: string;
  readonly #interrupted: Promise<never>;
  readonly #signal: AbortSignal;
  /** Sends that the present system has acknowledged. */
  #acknowledged = 0;

  /** `directory` is for data; `signal` ends everything with its reason. */
  constructor(options: BenchOptions, directory: string, signal: AbortSignal) {
    this.#options = options;
    this.#directory = directory;
    this.#signal = signal;
    this.#interrupted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    this.#interrupted.catch(() => {});
  }

  /** The measurements of a row on a contender. */
  of(row: string, contender: Contender): readonly Measurement[] {
    return this.runs.get(`${contender} ${row}`) ?? [];
  }

  async floor(repetition: number): Promise<void> {
    const directory = this.#newDirectory(`floor-${repetition}`);
    const system = await startFloor(directory);
    await this.#use(system, directory, async () => {
      await this.#fillBacklog(system);
      for (const row of this.#options.rows) await this.#raw(FLOOR, row, system);
    });
  }

  /** `nodeFlags` by process name. Returns the names of the brokers, the leader or master first. */
  async group(
    repetition: number,
    { name, layout, keys }: Variant,
    nodeFlags: (name: string) => readonly string[],
  ): Promise<readonly string[]> {
    const { portBase, rows, group, client } = this.#options;
    const directory = this.#newDirectory(`${layout}-${repetition}`);
    const signal = this.#signal;
    const brokerKeys = { ...keys, ...this.#options.brokerKeys };
    const system = await startGroupSystem({ directory, layout, portBase, brokerKeys, nodeFlags, signal });
    await this.#use(system, directory, async () => {
      await this.#fillBacklog(system);
      if (group) for (const row of rows) await this.#raw(name, row, system);
      if (client) for (const row of rows) await this.#client(throughClient(name), row, system);
      await this.#checkStored(system);
    });
    return system.processes.map(({ name }) => name);
  }

  #newDirectory(name: string): string {
    const directory = join(this.#directory, name);
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  async #use(system: System, directory: string, work: () => Promise<void>): Promise<void> {
    this.#acknowledged = 0;
    try {
      await Promise.race([work(), this.#interrupted]);
    } finally {
      await system.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  }

  async #raw(contender: Contender, row: Row, system: System): Promise<void> {
    const tally = new Tally();
    const load =
      row.shape === undefined ? new PullLoad(system.target, tally) : new SendLoad(system.target, row.shape, tally);
    await this.#measure(contender, row, load, tally, system);
  }

  async #client(contender: Contender, row: Row, system: GroupSystem): Promise<void> {
    const tally = new Tally();
    const { topic } = system.target;
    const shape = row.clientShape ?? row.shape;
    const load =
      shape === undefined
        ? new ClientConsumeLoad(system.nameServer, topic, tally)
        : new ClientSendLoad(system.nameServer, topic, shape, tally);
    await this.#measure(contender, row, load, tally, system);
  }

  async #measure(contender: Contender, row: Row, load: OpenLoad, tally: Tally, system: System): Promise<void> {
    const { warmUpSeconds, seconds } = this.#options;
    const processes = [...system.processes, { name: 'load', pid: process.pid }];
    const duration = { warmUpMs: warmUpSeconds * 1000, measureMs: seconds * 1000 };
    try {
      await load.open();
      const result = await measure(load, tally, duration, processes);
      const key = `${contender} ${row.name}`;
      this.runs.set(key, [...(this.runs.get(key) ?? []), result]);
      const perSecond = Math.round(result.messagesPerSecond).toLocaleString('en-US');
      console.error(
        `${contender.padEnd(11)} ${row.name.padEnd(10)} ${perSecond.padStart(9)} msg/s, p99 ${result.p99.toFixed(2)} ms`,
      );
    } finally {
      await load.close();
      if (row.shape !== undefined) this.#acknowledged += tally.total;
    }
  }

  async #fillBacklog(system: System): Promise<void> {
    const tally = new Tally();
    const load = new SendLoad(system.target, FILL_SHAPE, tally);
    try {
      await load.open();
      load.start();
      const deadlineMs = performance.now() + FILL_MS;
      while (tally.total < BACKLOG && performance.now() < deadlineMs) {
        await Promise.race([new Promise((resolve) => setTimeout(resolve, POLL_MS)), load.failed]);
      }
      await load.stop();
    } finally {
      load.close();
      this.#acknowledged += tally.total;
    }
  }

  /** Figures of a group that lost something are worth nothing. */
  async #checkStored(system: GroupSystem): Promise<void> {
    const stored = await system.storedMessages();
    if (stored < this.#acknowledged) {
      throw new Error(`${this.#acknowledged} messages were acknowledged, but the queues hold ${stored}`);
    }
  }
}
