import { thrownCode } from '../../cluster/bin/last-words.ts';
import { awaitRoom } from '../../cluster/dledger/renewed-member.ts';
import type { Machine } from '../invariant/machine.ts';
import type { UnsyncedFate } from './sim-file.ts';
import type { SimHost } from './sim-host.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimWorld } from './sim-world.ts';

/** What runs in a server's process. */
export interface Program {
  /** Rejects with a sentence. */
  start(): Promise<void>;
  /** An orderly stop. */
  stop(): Promise<void>;
}

/** What a server tells the cluster that it belongs to. */
export interface ServerEvents<Server> {
  /** A process was put together from the files that are there, and will start. */
  opened(server: Server): void;
  /** The process is gone, in whatever way. */
  gone(server: Server): void;
  /** The process ended by itself: `why` in its own words. */
  failed(server: Server, code: string, why: string): void;
}

/** A machine, and the program of a cluster that runs on it, if one does. */
export abstract class SimServer<Runs extends Program> implements Machine {
  readonly name: string;
  readonly host: SimHost;
  readonly #world: SimWorld;
  readonly #events: ServerEvents<SimServer<Runs>>;
  process: SimProcess | undefined;
  program: Runs | undefined;
  /** Starts so far. */
  starts = 0;
  /** Errors were planned for its disk, or its space was taken, since the process began: it may stop itself. */
  diskHurt = false;
  /** See Machine. */
  syncFailed = false;
  /** See Machine. Until the next start has opened its files. */
  hardStateLost = false;
  /** An orderly stop is on its way. */
  stopping = false;

  /** `promises`: whether what the program promises rests on this file. */
  constructor(
    world: SimWorld,
    name: string,
    events: ServerEvents<SimServer<Runs>>,
    promises: (path: string) => boolean,
  ) {
    this.name = name;
    this.host = world.host(name);
    this.#world = world;
    this.#events = events;
    this.host.image.onSyncFailed = (path) => {
      if (promises(path)) this.syncFailed = true;
    };
  }

  bytesOf(path: string, position: number, length: number): Buffer | undefined {
    const bytes = Buffer.alloc(length);
    return this.host.image.files.get(path)?.read(bytes, position) === length ? bytes : undefined;
  }

  durableContent(path: string): Buffer | undefined {
    return this.host.image.files.get(path)?.durable();
  }

  get setBack(): boolean {
    return false;
  }

  get running(): boolean {
    return this.program !== undefined;
  }

  get paused(): boolean {
    return this.process?.held !== undefined;
  }

  /** What was planned against its disk has not shown yet. */
  get awaitsHarm(): boolean {
    return this.host.image.hasPlannedErrors;
  }

  /** Before a process is started, with what is on the disk. */
  protected prepareDisk(): void {}

  /** Reads the configuration; what comes back opens the files, in an event of the process. */
  protected abstract create(process: SimProcess): () => Runs;

  /** Starts a process with what is on the disk, as a supervisor would. */
  start(): void {
    if (this.process !== undefined) return;
    this.prepareDisk();
    const process = this.#world.start(this.name);
    this.process = process;
    this.starts++;
    this.stopping = false;
    this.syncFailed = false;
    this.diskHurt = this.host.image.hasPlannedErrors;
    const create = this.create(process);
    // The start is an event of the new process, so that what it throws is the process's own end.
    this.#world.loop.schedule(0, process, () => this.open(process, create));
  }

  /** Of a member of a Raft group: `create` is called again where it begins anew from a leader's snapshot, in the same process (RenewedMember does the same). */
  protected renewable(process: SimProcess, create: (renew: () => void) => Runs): () => Runs {
    const opened = (): Runs => create(renew);
    const renew = (): void => {
      if (this.process !== process || !process.alive || this.stopping) return;
      try {
        this.open(process, opened);
      } catch (thrown) {
        if (awaitRoom(process, thrown, renew) === undefined) this.crashed(thrown);
      }
    };
    return opened;
  }

  protected open(process: SimProcess, create: () => Runs): void {
    const program = create();
    this.program = program;
    this.#events.opened(this);
    this.hardStateLost = false;
    program.start().catch((error: Error) => this.fail(process, 'START', error.message));
  }

  /** The process ends by itself. */
  protected fail(process: SimProcess, code: string, why: string): void {
    if (this.process !== process || !process.alive) return;
    this.kill();
    this.#events.failed(this, code, why);
  }

  /** The process threw: it is dead. */
  crashed(thrown: unknown): void {
    if (this.process === undefined) return;
    const { stack, message } = thrown as Error;
    this.fail(this.process, thrownCode(thrown), stack ?? message);
  }

  /** SIGKILL. */
  kill(): void {
    this.process?.kill();
    this.#gone();
  }

  /** The machine loses power. */
  losePower(fate: UnsyncedFate): void {
    if (this.process !== undefined) this.process.losePower(fate);
    else if (this.host.up) {
      this.host.up = false;
      this.host.image.crash(fate);
    }
    this.#gone();
  }

  /** SIGTERM; the process exits when its orderly stop is over. */
  stop(): void {
    const { program, process } = this;
    if (program === undefined || process === undefined || this.stopping) return;
    this.stopping = true;
    const exit = (): void => {
      if (this.process === process && process.alive) this.kill();
    };
    program.stop().then(exit, exit);
  }

  /** The process is gone, and the machine gets a new disk: it comes back with nothing. */
  wipe(): void {
    this.host.image.wipe();
    this.hardStateLost = true;
  }

  #gone(): void {
    const had = this.process !== undefined;
    this.process = undefined;
    this.program = undefined;
    if (had) this.#events.gone(this);
  }
}
