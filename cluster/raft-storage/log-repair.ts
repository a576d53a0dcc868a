import type { NodeId, PortError } from '../../raft/index.ts';
import type { Logger, Timer, Timers } from '../../src/platform/ports.ts';
import type { DurableLog } from './durable-log.ts';
import { findDamage, widened } from './find-damage.ts';
import { type Gap, gapText } from './gap.ts';
import { GapFiller } from './gap-filler.ts';
import { anyTerm, type RepairReply, type RepairRequest } from './repair-wire.ts';

/** A peer that has not answered by then is asked no more this time. */
const ANSWER_MS = 2_000;
/** Pause before all peers are asked again. */
const RETRY_MS = 500;
const REQUEST_BYTES = 256 << 10;
/** A place that has to be repaired so often in one run is a disk that does not keep what it is given. */
const MAX_REPAIRS_OF_A_PLACE = 3;

export interface LogRepairOptions {
  readonly log: DurableLog;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Members that can be asked now. */
  readonly peers: () => readonly NodeId[];
  readonly ask: (peer: NodeId, request: RepairRequest) => boolean;
  /** Bytes a second that are fetched at most [repairBytesPerSecond]. */
  readonly bytesPerSecond: number;
  /** The damage of the log has changed. */
  readonly onChange: () => void;
  readonly onFatal: (error: PortError) => void;
}

/**
 * Fetches what this log cannot read any more from whichever peer holds it, one gap after another (raft/SAFETY.md 3). No leader is needed, and two members with
 * different damage help each other.
 */
export class LogRepair {
  readonly #options: LogRepairOptions;
  #gap: Gap | undefined;
  #filler: GapFiller | undefined;
  /** Peers that may still be asked for this gap; the first is being asked. */
  #candidates: NodeId[] = [];
  #sequence = 0;
  #timer: Timer | undefined;
  #stopped = true;
  #noted: number[] = [];
  readonly #repairs = new Map<number, number>();
  /** Entries that were repaired since the start. */
  repaired = 0;

  constructor(options: LogRepairOptions) {
    this.#options = options;
    options.log.onDamage = (position) => this.note(position);
  }

  start(): void {
    this.#stopped = false;
    for (const gap of this.#options.log.gaps.all) {
      this.#options.logger.error('The log is damaged; it is being repaired from the other members', {
        gap: gapText(gap),
      });
    }
    // What such a file lacked reads as zeros now.
    for (const end of this.#options.log.segments.files.lengthened) this.note(end);
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  /** An entry at this position, or one near it, could not be read. */
  note(position: number): void {
    if (this.#options.log.gaps.all.some(({ from, to }) => position >= from && position < to)) return;
    if (this.#noted.length === 0) this.#options.timers.endOfTurn(() => this.#examine());
    if (!this.#noted.includes(position)) this.#noted.push(position);
  }

  #examine(): void {
    const { log, logger, onChange } = this.#options;
    const noted = this.#noted;
    this.#noted = [];
    let found = false;
    for (const position of noted) {
      const result = findDamage(log, position);
      if ('code' in result) {
        logger.error('A damaged place of the log cannot be told apart from what follows', { reason: result.message });
        continue;
      }
      for (const gap of result.gaps) {
        // Terms that such a gap knows of would be taken for those of one in it that knows none: what is left is found again when that one is closed.
        if (log.gaps.all.some(({ from, to }) => from < gap.to && gap.from < to)) continue;
        log.gaps.add({ ...gap, termsKnown: true });
        logger.error('The log is damaged; it is being repaired from the other members', { gap: gapText(gap) });
        found = true;
      }
    }
    if (!found) return;
    onChange();
    if (this.#gap === undefined) this.#next();
  }

  /** The next gap, from the beginning: all peers may be asked. */
  #next(): void {
    this.#cancelTimer();
    const { log, timers } = this.#options;
    const gap = log.gaps.all[0];
    this.#gap = gap;
    if (gap === undefined || this.#stopped) return;
    this.#filler = new GapFiller(log.segments, log.firstWrotePosition, gap);
    this.#candidates = [...this.#options.peers()];
    if (gap.last < gap.first) this.#complete(this.#filler);
    else if (this.#candidates.length > 0) this.#ask();
    else this.#timer = timers.after(RETRY_MS, () => this.#next());
  }

  #ask(): void {
    this.#cancelTimer();
    const { timers, ask } = this.#options;
    const [peer] = this.#candidates;
    const index = this.#filler!.nextIndex;
    if (peer === undefined) {
      this.#options.log.gaps.noteNowhere(this.#gap!);
      this.#timer = timers.after(RETRY_MS, () => this.#next());
      return;
    }
    const term = this.#termOf(index) ?? anyTerm;
    this.#timer = timers.after(ANSWER_MS, () => this.#refuse('it did not answer'));
    if (!ask(peer, { sequence: ++this.#sequence, index, term, maxBytes: REQUEST_BYTES })) this.#refuse('it is gone');
  }

  #termOf(index: number): number | undefined {
    return this.#gap!.termsKnown ? this.#options.log.termAt(index) : undefined;
  }

  /** Not from this peer: another one is asked, from the gap's beginning. */
  #refuse(why: string): void {
    const { log, logger } = this.#options;
    logger.debug('A peer cannot fill a gap of the log', { peer: this.#candidates[0], gap: gapText(this.#gap!), why });
    this.#candidates.shift();
    this.#filler = new GapFiller(log.segments, log.firstWrotePosition, this.#gap!);
    this.#ask();
  }

  /** What a peer answered. */
  receive(peer: NodeId, { sequence, batch }: RepairReply): void {
    const filler = this.#filler;
    if (this.#stopped || filler === undefined || sequence !== this.#sequence || peer !== this.#candidates[0]) return;
    this.#sequence++;
    this.#cancelTimer();
    const fault = batch === undefined ? 'it does not hold that' : filler.take(batch, (index) => this.#termOf(index));
    if (fault !== undefined || batch === undefined) this.#refuse(fault ?? '');
    else if (filler.isFull) this.#complete(filler);
    else if (this.#gap!.termsKnown && this.#gap!.before !== undefined) this.#write(filler, batch.byteLength);
    else this.#pace(batch.byteLength, () => this.#ask());
  }

  /** Waits as long as the bytes may take. */
  #pace(byteLength: number, next: () => void): void {
    const { timers, bytesPerSecond } = this.#options;
    this.#timer = timers.after((byteLength * 1_000) / bytesPerSecond, next);
  }

  /** A part of a gap is there, proved by the entry before and its terms. */
  #write(filler: GapFiller, byteLength: number): void {
    const { log } = this.#options;
    this.#filler = undefined;
    filler.write((error) => {
      if (this.#stopped) return;
      if (error !== undefined) {
        this.#failed(error);
        return;
      }
      const rest = filler.rest();
      log.gaps.replace(this.#gap!, rest);
      this.#gap = rest;
      this.#filler = new GapFiller(log.segments, log.firstWrotePosition, rest);
      this.#pace(byteLength, () => this.#ask());
    });
  }

  /** All is there, if the entry behind proves it. */
  #complete(filler: GapFiller): void {
    const { log, logger, onChange } = this.#options;
    const gap = this.#gap!;
    const fault = filler.proof();
    if (fault !== undefined) {
      this.#widen(filler, gap, fault);
      return;
    }
    this.#filler = undefined;
    filler.finish();
    filler.write((error) => {
      if (this.#stopped) return;
      if (error !== undefined) {
        this.#failed(error);
        return;
      }
      log.closeGap(gap, filler.runs);
      this.repaired += gap.last - gap.first + 1;
      logger.warn('A damaged place of the log is repaired', { gap: gapText(gap), from: this.#candidates[0] });
      const again = (this.#repairs.get(gap.from) ?? 0) + 1;
      this.#repairs.set(gap.from, again);
      if (again > MAX_REPAIRS_OF_A_PLACE) {
        this.#failed({ code: 'EIO', message: `${gapText(gap)} had to be repaired ${again} times: replace the disk` });
        return;
      }
      this.note(gap.from);
      onChange();
      this.#next();
    });
  }

  /**
   * What is there does not lead to the entry behind. Where terms are known, or the peer has that entry in the same term, it is right, and the entry behind is damaged, too; else the peer has
   * another history.
   */
  #widen({ matchesBehind }: GapFiller, gap: Gap, fault: string): void {
    const { log } = this.#options;
    const wider = gap.termsKnown || matchesBehind ? widened(log, gap) : undefined;
    if (wider === undefined) {
      this.#refuse(fault);
      return;
    }
    log.gaps.replace(gap, wider);
    this.#next();
  }

  #failed(error: PortError): void {
    if (error.code === 'ENOSPC') this.#timer = this.#options.timers.after(RETRY_MS, () => this.#next());
    else this.#options.onFatal(error);
  }

  #cancelTimer(): void {
    if (this.#timer !== undefined) this.#options.timers.cancel(this.#timer);
    this.#timer = undefined;
  }
}
