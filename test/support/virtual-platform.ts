import { Chance } from '../../jepsen-lite/sim/chance.ts';
import type { Platform, ProcessInfo } from '../../src/platform/ports.ts';
import { Halt } from './halt.ts';
import { RecordingLogger } from './recording-logger.ts';
import { VirtualDisk } from './virtual-disk.ts';
import { VirtualDiskImage } from './virtual-disk-image.ts';
import type { UnsyncedFate } from './virtual-file.ts';
import { type NetworkHost, VirtualFabric, VirtualNetwork } from './virtual-network.ts';
import { VirtualClock, VirtualTime, VirtualTimers } from './virtual-time.ts';

/** One machine of a world: its disk stays when processes come and go. */
interface VirtualHost extends NetworkHost {
  readonly image: VirtualDiskImage;
  up: boolean;
  boots: number;
  process: VirtualPlatform | undefined;
}

/**
 * Machines that share one virtual time and one network. Deterministic in `seed`. Nothing happens until the test moves the time:
 * `advance`/`runUntil` for code with callbacks, `run`/`settle` for code with promises.
 */
export class VirtualWorld extends VirtualTime {
  readonly seed: string | number;
  readonly fabric: VirtualFabric;
  readonly #hosts = new Map<string, VirtualHost>();
  #nextPid = 1;

  constructor(seed: string | number = 1) {
    super();
    this.seed = seed;
    this.fabric = new VirtualFabric(this, { [Symbol.iterator]: () => this.#hosts.values() });
  }

  /** Starts a process on the machine `name` (booting it first if it is new or down), with the disk that is left there. */
  start(name: string): VirtualPlatform {
    const host = this.#hosts.get(name) ?? this.#addHost(name);
    if (host.process?.alive) throw new Error(`a process runs on ${name} already`);
    if (!host.up) {
      host.up = true;
      host.boots++;
    }
    host.process = new VirtualPlatform(this, host, this.#nextPid++);
    return host.process;
  }

  /** The disk of a machine, also while no process runs there. */
  disk(name: string): VirtualDiskImage {
    return (this.#hosts.get(name) ?? this.#addHost(name)).image;
  }

  #addHost(name: string): VirtualHost {
    const host: VirtualHost = {
      name,
      ip: `10.0.0.${this.#hosts.size + 1}`,
      image: new VirtualDiskImage(new Chance(this.seed, `disk/${name}`)),
      up: true,
      boots: 1,
      process: undefined,
      get network() {
        return host.process?.network;
      },
    };
    this.#hosts.set(name, host);
    return host;
  }
}

export interface CrashOptions {
  /** The machine loses power (page cache and kernel with it) instead of the process alone being killed. Default false. */
  readonly machine?: boolean;
  /** What becomes of unsynced bytes and names when the machine crashes. Default 'lost'. */
  readonly unsynced?: UnsyncedFate;
  /** So many bytes of each write in flight still reach the page cache (a torn write). Default 0. */
  readonly inFlightBytes?: number;
}

/** A `Platform` in a virtual world: one process on one machine. */
export class VirtualPlatform implements Platform {
  readonly world: VirtualWorld;
  readonly name: string;
  readonly clock: VirtualClock;
  readonly timers: VirtualTimers;
  readonly random: Chance;
  readonly disk: VirtualDisk;
  readonly network: VirtualNetwork;
  readonly logger = new RecordingLogger();
  readonly process: ProcessInfo;
  readonly #host: VirtualHost;
  readonly #halt = new Halt();
  #alive = true;

  constructor(world: VirtualWorld, host: VirtualHost, pid: number) {
    const alive = () => this.#alive;
    this.world = world;
    this.name = host.name;
    this.#host = host;
    this.clock = new VirtualClock(world);
    this.timers = new VirtualTimers(world, alive, this.#halt);
    this.random = new Chance(world.seed, `random/${host.name}/${pid}`);
    this.disk = new VirtualDisk(host.image, world, alive, this.#halt);
    this.network = new VirtualNetwork(world.fabric, host, alive, this.#halt);
    const bootId = `${host.name}-boot-${host.boots}`;
    this.process = { pid, residentBytes: () => 0, cpuMicros: () => 0, bootId: () => bootId };
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** SIGSTOP: nothing happens in this process, its connections stay open. */
  halt(): void {
    this.#halt.begin();
  }

  /** SIGCONT: what came over sockets is read first, and timers fire `timersLateMs` later. */
  resume(timersLateMs = 50): void {
    this.#halt.end((run) => this.world.schedule(timersLateMs, run));
  }

  /** Kills the process, or the machine under it: timers, sockets and disk operations of this platform do nothing any more. */
  crash(options: CrashOptions = {}): void {
    if (!this.#alive) return;
    for (const write of this.disk.pendingWrites) write.apply(options.inFlightBytes ?? 0);
    this.#host.up = !options.machine;
    this.network.die();
    this.#alive = false;
    this.disk.releaseLocks();
    if (options.machine) this.#host.image.crash(options.unsynced ?? 'lost');
  }
}

/** A world with one machine and one process on it, for tests that need no more. */
export function createVirtualPlatform(seed: string | number = 1): VirtualPlatform {
  return new VirtualWorld(seed).start('local');
}
