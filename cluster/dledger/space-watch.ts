import { diskUsage } from '../../src/log/disk-usage.ts';
import type { Disk, Timer, Timers } from '../../src/platform/ports.ts';

/** Kept free for internal records, so that a full disk cannot block the first entry of a term (raft/SAFETY.md 5). */
const RESERVED_BYTES = 16 << 20;
const CHECK_MS = 1000;

/** Looks regularly how much room the disk of the log has, so that the put path need not ask the kernel. */
export class SpaceWatch {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #timers: Timers;
  readonly #fullPercent: number;
  readonly #endPosition: () => number;
  #freeBytes = Number.POSITIVE_INFINITY;
  #endAtLook = 0;
  #timer: Timer | undefined;
  #problem: string | undefined;

  /** `fullPercent`: used share of the disk above which ordinary writes are refused [diskSpaceWarningLevelRatio]. */
  constructor(disk: Disk, directory: string, timers: Timers, fullPercent: number, endPosition: () => number) {
    this.#disk = disk;
    this.#directory = directory;
    this.#timers = timers;
    this.#fullPercent = fullPercent;
    this.#endPosition = endPosition;
  }

  start(): void {
    this.#look();
    this.#timer = this.#timers.every(CHECK_MS, () => this.#look());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
  }

  /** Why there is no room for ordinary messages; undefined while there is. What was appended since the last look counts, too. */
  get problem(): string | undefined {
    if (this.#problem !== undefined) return this.#problem;
    const freeBytes = this.#freeBytes - (this.#endPosition() - this.#endAtLook);
    return freeBytes < RESERVED_BYTES ? this.#text(freeBytes) : undefined;
  }

  #text(freeBytes: number): string {
    const free = `${Math.max(0, Math.floor(freeBytes / 2 ** 20))} MiB free`;
    return `the disk of ${this.#directory} is full (${free}); nothing was appended, free space or lower fileReservedTime`;
  }

  #look(): void {
    const { usedPercent, freeBytes } = diskUsage(this.#disk, this.#directory);
    const full = freeBytes < RESERVED_BYTES || usedPercent > this.#fullPercent;
    this.#freeBytes = freeBytes;
    this.#endAtLook = this.#endPosition();
    this.#problem = full ? this.#text(freeBytes) : undefined;
  }
}
