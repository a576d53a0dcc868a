import type { Clock, Logger, Timer, Timers } from '../../src/platform/ports.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';
import { entryHeaderBytes, entrySize } from '../raft-storage/entry.ts';
import { type ChainLink, EntryChain, nextEntry } from '../raft-storage/entry-chain.ts';

const STEP_MS = 250;
/** Most that is read at once; a bigger entry is read alone. */
const MAX_READ_BYTES = 1 << 20;
/** A place at which damage is found but never told apart is passed by after so many looks. */
const MAX_LOOKS = 5;

export interface LogScrubOptions {
  readonly log: DurableLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Bytes read a second [scrubBytesPerSecond]; 0: no scrub. */
  readonly bytesPerSecond: number;
  /** From the beginning of one pass to that of the next at least, ms [scrubIntervalMs]. */
  readonly intervalMs: number;
  /** Everything below was fsynced and is checked: the end of the newest snapshot. */
  readonly limit: () => number;
  /** An entry at this position is damaged. */
  readonly onDamage: (position: number) => void;
}

export interface ScrubStatus {
  /** Where the pass of now stands; everything below was read in it. */
  readonly position: number;
  readonly limit: number;
  /** Finished passes, and damaged places found, since the start. */
  readonly passes: number;
  readonly found: number;
}

/** Reads the log below the newest snapshot again and again, slowly, and checks every entry and its link to the one before (raft/SAFETY.md 3). */
export class LogScrub {
  readonly #options: LogScrubOptions;
  #timer: Timer | undefined;
  #reading = false;
  #chain: EntryChain | undefined;
  #position = 0;
  #wanted = 0;
  #credit = 0;
  #passBeganMs = Number.NEGATIVE_INFINITY;
  #resting = true;
  #passes = 0;
  #found = 0;
  #looks = 0;

  constructor(options: LogScrubOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.bytesPerSecond > 0) this.#timer = this.#options.timers.every(STEP_MS, () => this.#step());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.timers.cancel(this.#timer);
    this.#timer = undefined;
  }

  get status(): ScrubStatus {
    return { position: this.#position, limit: this.#options.limit(), passes: this.#passes, found: this.#found };
  }

  #step(): void {
    const { bytesPerSecond } = this.#options;
    this.#credit = Math.min(this.#credit + (bytesPerSecond * STEP_MS) / 1_000, bytesPerSecond);
    if (!this.#reading && this.#mayGoOn()) this.#read();
  }

  /** Is there something to read, in this pass or the next? */
  #mayGoOn(): boolean {
    const { log, clock, intervalMs, limit } = this.#options;
    const { minPosition } = log.segments;
    if (this.#resting) {
      const nowMs = clock.monotonicMs();
      if (nowMs - this.#passBeganMs < intervalMs || limit() <= minPosition) return false;
      this.#passBeganMs = nowMs;
      this.#resting = false;
      this.#goTo(minPosition, log.beforeFirst);
    }
    if (this.#position < minPosition) this.#goTo(minPosition);
    if (this.#position < Math.min(limit(), log.segments.memoryPosition)) return this.#credit > 0;
    this.#resting = true;
    this.#passes++;
    return false;
  }

  #goTo(position: number, before?: ChainLink): void {
    this.#position = position;
    this.#chain = new EntryChain(this.#options.log.firstWrotePosition, before);
    this.#wanted = 0;
    this.#looks = 0;
  }

  #read(): void {
    const { segments } = this.#options.log;
    const position = this.#position;
    const end = Math.min(segments.memoryPosition, segments.files.startOf(position) + segments.segmentBytes);
    const length = Math.min(end - position, Math.max(this.#wanted, Math.min(MAX_READ_BYTES, this.#credit)));
    this.#reading = true;
    segments.read(position, Math.max(length, Math.min(end - position, entryHeaderBytes)), (error, bytes) => {
      this.#reading = false;
      if (this.#timer === undefined) return;
      this.#credit -= bytes.length;
      if (error !== undefined) {
        this.#options.logger.warn('The log could not be read for its check', { reason: error.message });
        return;
      }
      this.#check(bytes, end);
      // Not at damage: how far it reaches is told in a later turn.
      if (this.#looks === 0 && this.#mayGoOn()) this.#read();
    });
  }

  #check(bytes: Buffer, end: number): void {
    const { log } = this.#options;
    const chain = this.#chain!;
    this.#wanted = 0;
    for (let offset = 0; offset < bytes.length; ) {
      const rest = bytes.length - offset;
      const size = rest < entryHeaderBytes && this.#position + rest < end ? 0 : nextEntry(bytes, offset, bytes.length);
      if (size === -1) {
        const next = log.segments.files.startOf(this.#position) + log.segments.segmentBytes;
        this.#goTo(next, { index: chain.index, term: chain.term, chainCrc: chain.chainCrc });
        return;
      }
      if (rest < entryHeaderBytes && this.#position + rest < end) return;
      if (size > rest && this.#position + size <= end) {
        // The rest of it comes with the next read.
        if (offset === 0) this.#wanted = entrySize(bytes, 0);
        return;
      }
      if (size <= 0 || size > rest || chain.check(bytes, offset, this.#position) !== undefined) {
        this.#damaged(end);
        return;
      }
      offset += size;
      this.#position += size;
      this.#looks = 0;
    }
  }

  /** Tells of the place, and goes on behind it as soon as it is known how far it reaches. */
  #damaged(end: number): void {
    const { log, onDamage } = this.#options;
    const gap = log.gaps.all.find(({ from, to }) => this.#position >= from && this.#position < to);
    if (gap !== undefined) {
      this.#goTo(gap.to);
      return;
    }
    if (++this.#looks === 1) this.#found++;
    if (this.#looks > MAX_LOOKS) this.#goTo(end);
    else onDamage(this.#position);
  }
}
