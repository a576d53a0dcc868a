import type { Chance } from './chance.ts';
import type { SimFile, UnsyncedFate } from './sim-file.ts';

export type DiskOperation = 'read' | 'write' | 'sync';

/** An error that hits the next operation that fits, once. */
export interface PlannedDiskError {
  readonly operation: DiskOperation;
  /** errno name. */
  readonly code: string;
  /** Only files whose path contains this text. */
  readonly path: string;
  /** Asked, with the file's path, when an operation fits: where it says no, the operation succeeds and the error waits for another one. Default: yes. */
  readonly mayHit?: (path: string) => boolean;
}

/** A change of names that is not durable yet. */
type NameChange =
  | { readonly kind: 'link'; readonly path: string; readonly file: SimFile }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string };

/** Microseconds that an operation takes. */
export interface DiskSpeed {
  readonly lowMicros: number;
  readonly highMicros: number;
  readonly syncLowMicros: number;
  readonly syncHighMicros: number;
}

const USUAL_SPEED: DiskSpeed = { lowMicros: 20, highMicros: 200, syncLowMicros: 100, syncHighMicros: 800 };

/** The disk of a machine: it outlives the processes. */
export class SimDiskImage {
  readonly chance: Chance;
  files = new Map<string, SimFile>();
  directories = new Set<string>(['/']);
  readonly locks = new Set<string>();
  capacityBytes = Number.POSITIVE_INFINITY;
  speed = USUAL_SPEED;
  /** Share of writes that take a part only, without an error. */
  shortWrites = 0.002;
  /** Hears of every fsync that fails. */
  onSyncFailed: (path: string) => void = () => {};
  readonly #errors: PlannedDiskError[] = [];
  #durableNames = new Map<string, SimFile>();
  #changes: NameChange[] = [];

  constructor(chance: Chance) {
    this.chance = chance;
  }

  get allocatedBytes(): number {
    let total = 0;
    for (const file of this.files.values()) total += file.allocatedBytes;
    return total;
  }

  useUsualSpeed(): void {
    this.speed = USUAL_SPEED;
  }

  plan(error: PlannedDiskError): void {
    this.#errors.push(error);
  }

  get hasPlannedErrors(): boolean {
    return this.#errors.length > 0;
  }

  forgetErrors(): void {
    this.#errors.length = 0;
  }

  takeError(operation: DiskOperation, path: string): PlannedDiskError | undefined {
    if (this.#errors.length === 0) return undefined;
    const at = this.#errors.findIndex((error) => {
      return error.operation === operation && path.includes(error.path) && error.mayHit?.(path) !== false;
    });
    return at < 0 ? undefined : this.#errors.splice(at, 1)[0];
  }

  /** How many of so many bytes one write takes: at least one, and nearly always all. */
  takenOf(byteLength: number): number {
    if (byteLength < 2 || !this.chance.happens(this.shortWrites)) return byteLength;
    return this.chance.between(1, byteLength - 1);
  }

  link(path: string, file: SimFile): void {
    this.files.set(path, file);
    this.#changes.push({ kind: 'link', path, file });
  }

  unlink(path: string): void {
    if (this.files.delete(path)) this.#changes.push({ kind: 'unlink', path });
  }

  rename(from: string, to: string): void {
    const file = this.files.get(from) as SimFile;
    this.files.delete(from);
    this.files.set(to, file);
    this.#changes.push({ kind: 'rename', from, to });
  }

  /** Moves a directory with all in it, durably at once. */
  renameDirectory(from: string, to: string): void {
    const moved = (path: string): string =>
      path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
    this.syncAllNames();
    this.files = new Map([...this.files].map(([path, file]) => [moved(path), file]));
    this.#durableNames = new Map(this.files);
    this.directories = new Set([...this.directories].map(moved));
  }

  /** Names of a directory become durable: changes that touch it, and those before them that they build on. */
  syncDirectory(directory: string): void {
    if (this.#changes.length === 0) return;
    this.#changes = this.#changes.filter((change) => {
      if (!namesOf(change).some((path) => directoryOf(path) === directory)) return true;
      this.#apply(change);
      return false;
    });
  }

  syncAllNames(): void {
    for (const change of this.#changes) this.#apply(change);
    this.#changes = [];
  }

  #apply(change: NameChange): void {
    const names = this.#durableNames;
    if (change.kind === 'link') names.set(change.path, change.file);
    else if (change.kind === 'unlink') names.delete(change.path);
    else {
      const file = names.get(change.from);
      names.delete(change.from);
      if (file !== undefined) names.set(change.to, file);
    }
  }

  /** A power failure. Without a sync a change of names survives or not, but none on a path of which an earlier one was lost. */
  crash(fate: UnsyncedFate): void {
    const lost = new Set<string>();
    for (const change of this.#changes) {
      const paths = namesOf(change);
      const survives = fate === 'kept' || (fate === 'torn' && this.chance.happens(0.5));
      if (survives && !paths.some((path) => lost.has(path))) this.#apply(change);
      else for (const path of paths) lost.add(path);
    }
    this.#changes = [];
    this.files = new Map(this.#durableNames);
    for (const file of new Set(this.files.values())) file.crash(fate, this.chance);
    for (const path of this.files.keys()) this.makeDirectories(directoryOf(path));
    this.locks.clear();
    this.forgetErrors();
  }

  makeDirectories(path: string): void {
    for (let up = path; !this.directories.has(up); up = directoryOf(up)) this.directories.add(up);
  }

  /** A copy of what programs see now, as a snapshot of a volume is. */
  copy(): ReadonlyMap<string, SimFile> {
    return new Map([...this.files].map(([path, file]) => [path, file.copy()]));
  }

  /** Puts a copy in the place of everything, durably. */
  restore(copy: ReadonlyMap<string, SimFile>): void {
    this.wipe();
    for (const [path, file] of copy) {
      this.makeDirectories(directoryOf(path));
      this.link(path, file.copy());
    }
    this.syncAllNames();
  }

  /** Everything is gone: a new disk in an old machine. */
  wipe(): void {
    this.files.clear();
    this.#durableNames.clear();
    this.#changes = [];
    this.directories = new Set(['/']);
    this.locks.clear();
  }
}

function namesOf(change: NameChange): string[] {
  return change.kind === 'rename' ? [change.from, change.to] : [change.path];
}

/** The directory that a path is in. */
export function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
