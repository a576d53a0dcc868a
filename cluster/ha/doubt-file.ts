import type { Disk } from '../../src/platform/ports.ts';
import type { DirectoryMarks, EpochEntry } from './replica-roles.ts';

const path = (root: string): string => `${root}/ledgermq.boot`;

interface Content {
  /** Boot of the kernel under which this store was last opened; null where that cannot be known. */
  readonly bootId: string | null;
  /** The log may lack what was acknowledged. */
  readonly inDoubt: boolean;
  /** What was acknowledged since did not wait for fsyncs. */
  readonly asyncAcks?: boolean;
  /** Newest epoch that this broker began as master, 0: none; null or absent: not known. */
  readonly begunEpoch?: number | null;
  /** The state was taken over from the files of a plain broker, and no log tells it yet. */
  readonly stateAdopted?: boolean;
  /** Starts of this store: the newest that the controllers are known to have heard of, and all since; the last one is that of now. */
  readonly starts?: readonly string[];
  /** Identity of the set whose log this is; absent: not known. */
  readonly setId?: string | undefined;
}

/** So many starts that no controller answered are kept. */
const MAX_STARTS = 100;

/** What is known when the log has been recovered. */
export interface StoreFacts {
  readonly disk: Disk;
  readonly root: string;
  /** Of the running kernel; undefined: it cannot be known. */
  readonly bootId: string | undefined;
  /** The last run did not close the store. */
  readonly unclean: boolean;
  /** The log had a hole, and was cut there. */
  readonly hole: boolean;
  /** An error of the disk ended the last run. */
  readonly diskFailed: boolean;
  /** From now on what is acknowledged does not wait for fsyncs. */
  readonly asyncAcks: boolean;
  /** Epochs that were noted for the log, of whomever. */
  readonly epochs: readonly EpochEntry[];
  /** The log holds nothing. */
  readonly empty: boolean;
  /** There are consume queues, which come of a log. */
  readonly hasQueues: boolean;
  /** Names this start: no other start of any store has it. */
  readonly start: string;
  /** The controllers gave this broker an id in an earlier run, under which it may have acknowledged anything. */
  readonly hasId: boolean;
}

/**
 * Whether a log may lack what this broker acknowledged (raft/SAFETY.md 2 and 10): it was not closed, its acknowledgements did not wait for fsyncs, and the page cache of
 * that time may be gone; or its store is gone, while the id that the controllers gave it is not. The doubt is durable before the new boot is, so that a second start does not forget it. Beside it stands the newest epoch that this broker began: the
 * log tells that only until it is cut; and the starts of this store, by which the controllers see that it was set back, or is a copy.
 */
export class DoubtFile implements DirectoryMarks {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #bootId: string | null;
  readonly #asyncAcks: boolean;
  #inDoubt: boolean;
  #begunEpoch: number | undefined;
  #stateAdopted: boolean;
  #starts: readonly string[];
  #setId: string | undefined;

  constructor(facts: StoreFacts) {
    const { disk, root, bootId, unclean, hole, diskFailed, asyncAcks, epochs, empty, hasQueues, hasId, start } = facts;
    this.#disk = disk;
    this.#root = root;
    this.#bootId = bootId ?? null;
    this.#asyncAcks = asyncAcks;
    const before = read(disk, root);
    const neverBegan = before === undefined && epochs.length === 0 && !hasId;
    this.#begunEpoch = neverBegan ? 0 : (before?.begunEpoch ?? undefined);
    this.#stateAdopted = before?.stateAdopted ?? false;
    this.#setId = before?.setId;
    const [heard = [], unheard = []] = [before?.starts?.slice(0, 1), before?.starts?.slice(1)];
    this.#starts = [...heard, ...unheard.slice(-MAX_STARTS), start];
    const sameBoot = this.#bootId !== null && before?.bootId === this.#bootId;
    const ackedAsync = before === undefined ? asyncAcks : (before.asyncAcks ?? true);
    // A power failure leaves holes in what was never fsynced; without one, a hole is damage of what may have been.
    const holed = hole && (ackedAsync || sameBoot);
    // Who has an id has opened its store before, and may have acknowledged what is gone with it.
    const held = hasQueues || heldSomething(epochs, before?.begunEpoch ?? 0);
    const gone = (before === undefined && hasId) || (empty && held);
    const cacheGone = ackedAsync && (diskFailed || (unclean && !sameBoot));
    this.#inDoubt = (before?.inDoubt ?? false) || gone || holed || cacheGone;
    this.#write();
  }

  get inDoubt(): boolean {
    return this.#inDoubt;
  }

  /** Newest epoch that this broker began as master, 0: none; undefined: not known. */
  get begunEpoch(): number | undefined {
    return this.#begunEpoch;
  }

  /** Topics, groups, offsets and delay progress are those of a plain broker's files, and stand in no log yet: a master has to put them there. */
  get stateAdopted(): boolean {
    return this.#stateAdopted;
  }

  get setId(): string | undefined {
    return this.#setId;
  }

  /** The log is that of this set; undefined: nobody says of which one. */
  belongsTo(setId: string | undefined): void {
    if (setId === undefined || setId === this.#setId) return;
    this.#setId = setId;
    this.#write();
  }

  get starts(): readonly string[] {
    return this.#starts;
  }

  registered(): void {
    if (this.#starts.length === 1) return;
    this.#starts = this.#starts.slice(-1);
    this.#write();
  }

  adopts(): void {
    this.#stateAdopted = true;
    this.#write();
  }

  /** The state that was taken over is in the log, as all of it is that came since. */
  stateLogged(): void {
    this.#stateAdopted = false;
    this.#write();
  }

  /** It is the master of an epoch, and so has all there is of the set; durable before it writes anything in that epoch. */
  begins(epoch: number, setId?: string): void {
    this.#setId = setId ?? this.#setId;
    this.#inDoubt = false;
    this.#begunEpoch = epoch;
    this.#write();
  }

  /** The log is made whole. */
  over(): void {
    if (!this.#inDoubt) return;
    this.#inDoubt = false;
    this.#write();
  }

  #write(): void {
    const content: Content = {
      bootId: this.#bootId,
      inDoubt: this.#inDoubt,
      asyncAcks: this.#asyncAcks,
      begunEpoch: this.#begunEpoch ?? null,
      stateAdopted: this.#stateAdopted,
      starts: this.#starts,
      setId: this.#setId,
    };
    this.#disk.replaceFile(path(this.#root), Buffer.from(JSON.stringify(content)));
  }
}

/** The log that these epochs describe was not empty: a slave notes an epoch with its first bytes, and a new master its own at the end of what it holds. */
function heldSomething(epochs: readonly EpochEntry[], begunEpoch: number): boolean {
  return epochs.some(({ epoch, startPosition }) => epoch !== begunEpoch || startPosition > 0);
}

/** A file that cannot be read tells nothing: a doubt is safe, and ends by itself. */
function read(disk: Disk, root: string): Content | undefined {
  const bytes = disk.readFile(path(root));
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString()) as Content;
  } catch {
    return { bootId: null, inDoubt: true };
  }
}
