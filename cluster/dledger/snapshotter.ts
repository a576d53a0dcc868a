import type { DiskError, Platform, Timer } from '../../src/platform/ports.ts';
import type { RaftStorage } from '../raft-storage/open-raft-storage.ts';
import type { Snapshot } from '../raft-storage/snapshot-codec.ts';

/** How often it is looked whether a snapshot is due. */
const CHECK_MS = 1000;
/** New log that makes a snapshot due: bounds what a start replays. */
const DUE_BYTES = 64 << 20;
/** Time after which one is due if anything changed at all: bounds how long retention waits. */
const DUE_MS = 60_000;

/** The state that snapshots are made of. */
export interface SnapshotSource {
  /** The last entry that the state reflects. */
  readonly appliedIndex: number;
  /** The state after the entry `index`, which is `appliedIndex`. */
  capture(index: number): Snapshot;
  /** Makes durable what is derived from the log below `position`. */
  flushTo(position: number, done: (error: DiskError | undefined) => void): void;
}

/**
 * Takes this node's snapshots (raft/SAFETY.md 5): the state after an applied entry, made durable together with the consume queues that reflect it, so that a
 * start replays only what came later and retention knows what it may remove.
 */
export class Snapshotter {
  readonly #platform: Platform;
  readonly #storage: RaftStorage;
  readonly #source: SnapshotSource;
  readonly #onTaken: () => void;
  readonly #onFailure: (error: DiskError) => void;
  #timer: Timer | undefined;
  #taking = false;
  #abandoned = false;
  /** Who waits for the one that is being written. */
  #written: (() => void) | undefined;
  readonly #dueChecks: number;
  #checks = 0;
  /** Of the newest durable snapshot. */
  #index: number;
  #start: number;
  #position: number;

  /** `onTaken` is called after each snapshot became durable: retention may look again. `onFailure`: the process has to stop. */
  constructor(
    { platform, storage }: { readonly platform: Platform; readonly storage: RaftStorage },
    source: SnapshotSource,
    onTaken: () => void,
    onFailure: (error: DiskError) => void,
    dueMs = DUE_MS,
  ) {
    this.#dueChecks = Math.ceil(dueMs / CHECK_MS);
    const { snapshot, log } = storage;
    this.#platform = platform;
    this.#storage = storage;
    this.#source = source;
    this.#onTaken = onTaken;
    this.#onFailure = onFailure;
    this.#index = snapshot?.header.index ?? 0;
    this.#start = snapshot?.header.position ?? 0;
    this.#position = snapshot?.header.endPosition ?? log.endOf(0);
  }

  /** Entry that the newest durable snapshot reflects. */
  get index(): number {
    return this.#index;
  }

  /** Where the newest durable snapshot is; undefined: there is none. */
  get newest(): { readonly path: string; readonly index: number; readonly position: number } | undefined {
    const { snapshots } = this.#storage;
    const path = snapshots.pathOf(this.#index);
    if (this.#index === 0 || !this.#platform.disk.exists(path)) return undefined;
    return { path, index: this.#index, position: this.#start };
  }

  /** End of that entry: what lies below may be removed by retention. */
  get position(): number {
    return this.#position;
  }

  start(): void {
    this.#timer = this.#platform.timers.every(CHECK_MS, () => this.#check());
  }

  /** One is needed, as a member can be made whole by a snapshot alone: the next look takes it, if none is on its way. */
  makeDue(): void {
    if (!this.#taking) this.#checks = this.#dueChecks;
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#platform.timers.cancel(this.#timer);
  }

  /**
   * Its member takes part no longer: a failed disk, or a leader's snapshot, is what its next life begins with. None is taken from now on, and one that becomes durable after this changes nothing: what was received stays, and no file
   * of the log goes.
   */
  abandon(): void {
    this.#stop();
    this.#abandoned = true;
  }

  /** The end of its member: none is due any more. Waits for one that is being written, then takes the last one, where `take` would; nothing is written any more when `done` is called. */
  takeLast(done: (error: DiskError | undefined) => void): void {
    this.#stop();
    if (this.#taking) this.#written = () => this.take(done);
    else this.take(done);
  }

  #check(): void {
    const { appliedIndex } = this.#source;
    if (appliedIndex === this.#index) return;
    this.#checks++;
    const grown = this.#storage.log.endOf(appliedIndex) - this.#position;
    if (grown < DUE_BYTES && this.#checks < this.#dueChecks) return;
    this.take((error) => this.#checked(error));
  }

  /** No room or a log that was cut meanwhile: the next look tries again. Anything else is a disk that cannot be trusted any more. */
  #checked(error: DiskError | undefined): void {
    if (error === undefined) return;
    this.#platform.logger.warn('A snapshot was not taken', { code: error.code, reason: error.message });
    if (error.code !== 'ENOSPC' && error.code !== 'ECANCELED') this.#onFailure(error);
  }

  /** Takes one now, if its member takes part and anything was applied since the last. An error leaves the older ones as they are. */
  take(done: (error: DiskError | undefined) => void): void {
    const { log, snapshots } = this.#storage;
    const index = this.#source.appliedIndex;
    if (this.#taking || this.#abandoned || index === this.#index || index === 0) {
      done(undefined);
      return;
    }
    if (log.segments.writtenPosition < log.endOf(index)) {
      // Committed by the others before it is in the own files; the next check comes.
      done(undefined);
      return;
    }
    this.#taking = true;
    this.#checks = 0;
    const snapshot = this.#source.capture(index);
    const finish = (error: DiskError | undefined): void => {
      this.#taking = false;
      if (error === undefined && !this.#abandoned) this.#taken(snapshot);
      done(error);
      const written = this.#written;
      this.#written = undefined;
      written?.();
    };
    this.#source.flushTo(snapshot.header.endPosition, (error) => {
      if (error !== undefined) finish(error);
      else snapshots.write(log.segments, snapshot, finish);
    });
  }

  #taken({ header }: Snapshot): void {
    this.#index = header.index;
    this.#start = header.position;
    this.#position = header.endPosition;
    this.#platform.logger.debug('Took a snapshot', { index: header.index, position: header.endPosition });
    this.#onTaken();
  }
}
