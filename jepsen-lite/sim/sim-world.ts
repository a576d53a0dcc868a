import { Chance } from './chance.ts';
import { type Engine, EventLoop } from './event-loop.ts';
import { SimHost } from './sim-host.ts';
import { LogBook } from './sim-logger.ts';
import { SimFabric } from './sim-network.ts';
import { type ProcessWorld, SimProcess } from './sim-process.ts';
import type { Trace } from './trace.ts';

/** Newest log lines that are kept for the report of a failure. */
const LOG_LINES = 400;

/** Machines, wires and one time, all drawn from one seed. */
export class SimWorld implements ProcessWorld {
  readonly seed: number;
  readonly loop: EventLoop;
  readonly fabric: SimFabric;
  readonly logBook: LogBook;
  #nextProcess = 1;

  constructor(seed: number, engine: Engine, trace: Trace) {
    this.seed = seed;
    this.loop = new EventLoop(engine, trace);
    this.fabric = new SimFabric(this.loop, new Chance(seed, 'network'));
    this.logBook = new LogBook(() => this.loop.nowMicros, LOG_LINES);
  }

  host(name: string): SimHost {
    const known = this.fabric.hosts.get(name);
    if (known !== undefined) return known;
    const host = new SimHost(name, `10.0.0.${this.fabric.hosts.size + 1}`, this.seed);
    this.fabric.add(host);
    return host;
  }

  /** Starts a process on a machine, which boots first if it was down, with the disk that is left there. */
  start(name: string): SimProcess {
    const host = this.host(name);
    if (host.process !== undefined) throw new Error(`a process runs on ${name} already`);
    if (!host.up) {
      host.up = true;
      host.boots++;
    }
    host.process = new SimProcess(this, host, this.#nextProcess++);
    return host.process;
  }
}
