import { DledgerBroker } from '../../cluster/dledger/dledger-broker.ts';
import type { PortError } from '../../raft/index.ts';
import { type BrokerConfig, loadBrokerConfig } from '../../src/broker/config/broker-config.ts';
import type { Machine } from '../invariant/machine.ts';
import type { SimFile, UnsyncedFate } from './sim-file.ts';
import type { SimHost } from './sim-host.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimWorld } from './sim-world.ts';
import type { Sizes } from './sizes.ts';

/** What a node tells the cluster that it belongs to. */
export interface NodeEvents {
  /** A process was put together from the files that are there, and will start. */
  opened(node: SimNode, broker: DledgerBroker): void;
  /** The process is gone, in whatever way. */
  gone(node: SimNode): void;
  /** The process ended by itself: `why` in its own words. */
  failed(node: SimNode, code: string, why: string): void;
}

/** One member: a machine, and the broker that runs on it, if one does. */
export class SimNode implements Machine {
  readonly name: string;
  readonly host: SimHost;
  readonly #world: SimWorld;
  readonly #sizes: Sizes;
  readonly #events: NodeEvents;
  process: SimProcess | undefined;
  broker: DledgerBroker | undefined;
  /** Starts so far. */
  starts = 0;
  /** How often it began anew from a snapshot. */
  renewals = 0;
  /** Errors were planned for its disk, or its space was taken, since the process began: it may stop itself. */
  diskHurt = false;
  /**
   * What its disk is set back to, again at each start, until the others have refused it (or it is in doubt by itself). Start numbers would otherwise overtake those that they have
   * seen, and nobody could tell that the disk is an old one (raft/SAFETY.md 1).
   */
  oldDisk: ReadonlyMap<string, SimFile> | undefined;
  /** It was set back once: it may be refused until it counts further than before. */
  wasSetBack = false;
  /** See Machine. */
  syncFailed = false;
  /** Something on its disk rotted at this start of the process or before, and may not have been found yet. */
  rottenSince: number | undefined;
  /** An orderly stop is on its way. */
  stopping = false;

  constructor(world: SimWorld, name: string, sizes: Sizes, events: NodeEvents) {
    this.name = name;
    this.host = world.host(name);
    this.#world = world;
    this.#sizes = sizes;
    this.#events = events;
    this.host.image.onSyncFailed = (path) => {
      if (path.includes('/data/') || path.endsWith('/hardstate')) this.syncFailed = true;
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
    return this.oldDisk !== undefined;
  }

  get running(): boolean {
    return this.broker !== undefined;
  }

  get paused(): boolean {
    return this.process?.held !== undefined;
  }

  /** Has all that rotted been found and repaired? A start reads what lies above the snapshot, a pass of the scrub the rest. */
  get isRotten(): boolean {
    const { rottenSince, broker } = this;
    if (rottenSince === undefined) return false;
    if (broker === undefined || this.starts <= rottenSince) return true;
    const { damagedPlaces, scrub } = broker.status().logCare;
    if (damagedPlaces > 0 || (scrub.limit > 0 && scrub.passes === 0)) return true;
    this.rottenSince = undefined;
    return false;
  }

  /** What was planned against its disk has not shown yet. */
  get awaitsHarm(): boolean {
    return this.isRotten || this.host.image.hasPlannedErrors || this.setBack;
  }

  /** Starts a process with what is on the disk, as a supervisor would. */
  start(): void {
    if (this.process !== undefined) return;
    if (this.oldDisk !== undefined) this.host.image.restore(this.oldDisk);
    const process = this.#world.start(this.name);
    this.process = process;
    this.starts++;
    this.stopping = false;
    this.syncFailed = false;
    this.diskHurt = this.host.image.hasPlannedErrors;
    const { ip } = this.host;
    const { config, errors } = loadBrokerConfig(`${this.#sizes.conf}\nbrokerIP1=${ip}\ndLegerSelfId=${this.name}\n`, {
      homeDirectory: '/home',
      hostName: this.name,
      ipAddress: ip,
    });
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    // The start is an event of the new process, so that what it throws is the process's own end.
    this.#world.loop.schedule(0, process, () => this.#open(process, config));
  }

  /** Also where a member begins anew from a leader's snapshot (DledgerMember does the same). */
  #open(process: SimProcess, config: BrokerConfig): void {
    const renew = (): void => {
      if (this.process !== process || !process.alive || this.stopping) return;
      this.renewals++;
      this.#open(process, config);
    };
    const onFatal = (error: PortError): void => this.#fail(process, error.code, error.message);
    const broker = new DledgerBroker(process, config, onFatal, renew, this.#sizes.tuning);
    this.broker = broker;
    this.#events.opened(this, broker);
    broker.start().catch((error: Error) => this.#fail(process, 'START', error.message));
  }

  #fail(process: SimProcess, code: string, why: string): void {
    if (this.process !== process || !process.alive) return;
    this.kill();
    this.#events.failed(this, code, why);
  }

  /** The process threw: it is dead. */
  crashed(thrown: unknown): void {
    if (this.process === undefined) return;
    const error = thrown as Error & { code?: string };
    this.#fail(this.process, error.code ?? error.name, error.stack ?? error.message);
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
    const { broker, process } = this;
    if (broker === undefined || process === undefined || this.stopping) return;
    this.stopping = true;
    const exit = (): void => {
      if (this.process === process && process.alive) this.kill();
    };
    broker.stop().then(exit, exit);
  }

  #gone(): void {
    const had = this.process !== undefined;
    this.process = undefined;
    this.broker = undefined;
    if (had) this.#events.gone(this);
  }
}
