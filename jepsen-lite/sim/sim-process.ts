import type { Clock, Platform, ProcessInfo, Timer, Timers } from '../../src/platform/ports.ts';
import { Chance } from './chance.ts';
import type { EventLoop, EventOwner, SimEvent } from './event-loop.ts';
import { SimDisk } from './sim-disk.ts';
import type { UnsyncedFate } from './sim-file.ts';
import type { SimHost } from './sim-host.ts';
import { type LogBook, SimLogger } from './sim-logger.ts';
import { type SimFabric, SimNetwork } from './sim-network.ts';

/** What a process needs of its world. */
export interface ProcessWorld {
  readonly seed: number;
  readonly loop: EventLoop;
  readonly fabric: SimFabric;
  readonly logBook: LogBook;
}

/** A `Platform`: one process on one machine. */
export class SimProcess implements Platform, EventOwner {
  readonly id: number;
  readonly host: SimHost;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Chance;
  readonly disk: SimDisk;
  readonly network: SimNetwork;
  readonly logger: SimLogger;
  readonly process: ProcessInfo;
  alive = true;
  held: SimEvent[] | undefined;
  turn: (() => void)[] = [];
  output: (() => void)[] = [];
  turnEnds = false;
  readonly #loop: EventLoop;

  constructor(world: ProcessWorld, host: SimHost, id: number) {
    const { seed, loop, fabric, logBook } = world;
    const bootId = `${host.name}-boot-${host.boots}`;
    this.id = id;
    this.host = host;
    this.#loop = loop;
    this.clock = new SimClock(loop, host);
    this.timers = new SimTimers(loop, host, this);
    this.random = new Chance(seed, `process/${id}`);
    this.disk = new SimDisk(host.image, loop, this);
    this.network = new SimNetwork(fabric, this);
    this.logger = new SimLogger(logBook, host.name, {});
    this.process = { pid: 1_000 + id, residentBytes: () => 0, cpuMicros: () => 0, bootId: () => bootId };
  }

  /** SIGKILL. */
  kill(): void {
    if (!this.alive) return;
    this.disk.die();
    this.network.die();
    this.alive = false;
    this.held = undefined;
    this.host.process = undefined;
  }

  /** The machine under it loses power; it is down until it is booted. */
  losePower(fate: UnsyncedFate): void {
    this.host.up = false;
    this.kill();
    this.host.image.crash(fate);
  }

  /** SIGSTOP. */
  pause(): void {
    this.held ??= [];
  }

  /** SIGCONT. */
  resume(): void {
    if (this.alive && this.held !== undefined) this.#loop.resume(this);
  }
}

class SimClock implements Clock {
  readonly #loop: EventLoop;
  readonly #host: SimHost;

  constructor(loop: EventLoop, host: SimHost) {
    this.#loop = loop;
    this.#host = host;
  }

  nowMs(): number {
    return Math.floor(this.monotonicMs() + this.#host.wallOffsetMs);
  }

  monotonicMs(): number {
    return this.#host.ownMicros(this.#loop.nowMicros) / 1_000;
  }

  localHour(): number {
    return Math.floor(this.nowMs() / 3_600_000) % 24;
  }
}

interface RunningTimer {
  event: SimEvent;
  done: boolean;
}

/** Timers of one process: they die with it and go with its machine's clock. */
class SimTimers implements Timers {
  readonly #loop: EventLoop;
  readonly #host: SimHost;
  readonly #owner: SimProcess;

  constructor(loop: EventLoop, host: SimHost, owner: SimProcess) {
    this.#loop = loop;
    this.#host = host;
    this.#owner = owner;
  }

  after(delayMs: number, callback: () => void): Timer {
    const fire = (): void => {
      timer.done = true;
      callback();
    };
    const timer: RunningTimer = { event: this.#loop.schedule(this.#micros(delayMs), this.#owner, fire), done: false };
    return timer;
  }

  every(periodMs: number, callback: () => void): Timer {
    const fire = (): void => {
      this.#loop.again(timer.event, this.#micros(periodMs));
      callback();
    };
    const timer: RunningTimer = { event: this.#loop.schedule(this.#micros(periodMs), this.#owner, fire), done: false };
    return timer;
  }

  cancel(timer: Timer): void {
    const state = timer as RunningTimer;
    if (state.done) return;
    state.done = true;
    state.event.cancelled = true;
  }

  endOfTurn(callback: () => void): void {
    this.#loop.atEndOfTurn(this.#owner, callback);
  }

  lastInTurn(callback: () => void): void {
    this.#loop.atLastInTurn(this.#owner, callback);
  }

  /** Whole milliseconds, at least one, of this machine's clock. */
  #micros(delayMs: number): number {
    return (Math.max(1, Math.ceil(delayMs)) * 1_000) / this.#host.rate;
  }
}
