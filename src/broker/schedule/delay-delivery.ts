import type { Platform, Timer } from '../../platform/ports.ts';
import { decodeRecord, type StoredRecord } from '../../protocol/message/record-reader.ts';
import type { GetResult } from '../../store/get-result.ts';
import { SCHEDULE_TOPIC } from '../../store/internal-topic.ts';
import type { ArrivalListener, MessageStore } from '../../store/message-store.ts';
import type { PendingPut, PutMessage } from '../../store/put-message.ts';
import { emptyPutMessage } from '../send/message-writer.ts';
import { restoredProperties } from '../send/stored-properties.ts';
import type { StateJournal } from '../state/journal.ts';
import type { DelayProgress } from './delay-progress.ts';
import { SteadyTime } from './steady-time.ts';

export interface DelayDeliveryOptions {
  readonly platform: Platform;
  readonly store: MessageStore;
  readonly journal: StateJournal;
  readonly progress: DelayProgress;
  /** By level; index 0 is no delay. */
  readonly delayLevelsMs: readonly number[];
}

/** Messages of one level that are delivered together, as one atomic unit with the progress. */
const BATCH_MESSAGES = 32;
const BATCH_BYTES = 256 * 1024;
/** Longest pause between two looks at the clock while something waits. */
const MAX_PAUSE_MS = 1_000;
/** Pause after a refused append. */
const RETRY_MS = 100;

/**
 * Delivers messages of the delay levels when their time has come (ScheduleMessageService.java). Runs on the serving master only: the
 * message and the progress are one unit of the log, which in DLedger mode is atomic, so that each is delivered once whoever is master; the native log may end between them, and a message come again.
 * Never early, also when the clock jumps.
 */
export class DelayDelivery implements ArrivalListener {
  readonly #options: DelayDeliveryOptions;
  #levels: Level[] = [];

  constructor(options: DelayDeliveryOptions) {
    this.#options = options;
  }

  /** This node serves as master from now on. */
  start(): void {
    this.stop();
    const time = new SteadyTime(this.#options.platform.clock);
    this.#levels = this.#options.delayLevelsMs.slice(1).map((delayMs, index) => {
      return new Level(this.#options, time, index + 1, delayMs);
    });
    for (const level of this.#levels) level.look();
  }

  stop(): void {
    for (const level of this.#levels) level.stop();
    this.#levels = [];
  }

  messagesArrived(topic: string, queueId: number): void {
    if (topic === SCHEDULE_TOPIC) this.#levels[queueId]?.arrived();
  }
}

class Level {
  readonly #options: DelayDeliveryOptions;
  readonly #time: SteadyTime;
  readonly #level: number;
  readonly #delayMs: number;
  #timer: Timer | undefined;
  /** Store time of the first message that is not delivered, where it is known: until it is due, nothing has to be read. */
  #headStoredMs: number | undefined;
  #reading = false;
  #again = false;
  #complained = false;
  #stopped = false;

  constructor(options: DelayDeliveryOptions, time: SteadyTime, level: number, delayMs: number) {
    this.#options = options;
    this.#time = time;
    this.#level = level;
    this.#delayMs = delayMs;
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#options.platform.timers.cancel(this.#timer);
  }

  /** Messages came: look, unless the next look is planned anyway. */
  arrived(): void {
    if (this.#reading) this.#again = true;
    else if (this.#timer === undefined) this.look();
  }

  readonly look = (): void => {
    this.#timer = undefined;
    if (this.#stopped || this.#reading) return;
    this.#time.observe();
    const waitMs = this.#headStoredMs === undefined ? 0 : this.#remainingMs(this.#headStoredMs);
    if (waitMs > 0) {
      this.#pause(Math.min(waitMs, MAX_PAUSE_MS));
      return;
    }
    this.#headStoredMs = undefined;
    this.#reading = true;
    this.#again = false;
    const { store } = this.#options;
    const queueId = this.#level - 1;
    const from = this.#firstOffset();
    store.getMessage(SCHEDULE_TOPIC, queueId, from, BATCH_MESSAGES, BATCH_BYTES, undefined, (result) => {
      this.#reading = false;
      if (!this.#stopped) this.#deliver(from, result);
    });
  };

  /** Where delivery goes on. Files of a lone master may be ahead of a log that lost its end in a crash: then the log counts. */
  #firstOffset(): number {
    const { store, progress, journal, platform } = this.#options;
    const level = this.#level;
    const next = progress.nextOffset(level);
    const max = store.maxOffset(SCHEDULE_TOPIC, level - 1);
    if (next <= max) return Math.max(next, store.minOffset(SCHEDULE_TOPIC, level - 1));
    platform.logger.warn('The progress of a delay level is ahead of its queue; goes on at the end of the queue', {
      level,
      progress: next,
      maxOffset: max,
    });
    journal.append([{ type: 'delay-progress', levels: [{ level, nextOffset: max }] }]);
    return max;
  }

  #deliver(from: number, result: GetResult): void {
    if (result.status !== 'FOUND') {
      // Where nothing waits, the next arrival wakes this level.
      if (this.#again) this.#pause(0);
      else if (result.maxOffset > from) this.#pause(MAX_PAUSE_MS);
      return;
    }
    const due: PutMessage[] = [];
    let waitMs = MAX_PAUSE_MS;
    let next = from;
    for (const bytes of result.records) {
      const record = decodeRecord(bytes);
      if (typeof record === 'string') {
        this.#unreadable(record);
        break;
      }
      waitMs = this.#remainingMs(record.storeTimestamp);
      if (waitMs > 0) {
        this.#headStoredMs = record.storeTimestamp;
        break;
      }
      next = record.queueOffset + 1;
      const message = this.#restore(record);
      if (message !== undefined) due.push(message);
    }
    if (next === from) this.#pause(Math.min(waitMs, MAX_PAUSE_MS));
    else this.#append(due, next);
  }

  /** Nothing is skipped: what is behind a bad record waits until it is repaired. */
  #unreadable(problem: string): void {
    if (this.#complained) return;
    this.#complained = true;
    this.#options.platform.logger.error('A delayed message cannot be read; its level waits', {
      level: this.#level,
      problem,
    });
  }

  #remainingMs(storedMs: number): number {
    return this.#time.remainingMs(storedMs, storedMs + this.#delayMs);
  }

  #append(messages: PutMessage[], nextOffset: number): void {
    const changes = [{ type: 'delay-progress', levels: [{ level: this.#level, nextOffset }] }] as const;
    const { journal } = this.#options;
    // After a refusal the batch is read again from its start.
    const refusal = messages.length === 0 ? journal.append(changes) : journal.appendWith(messages, changes, NOBODY);
    if (refusal !== undefined) this.#headStoredMs = undefined;
    this.#pause(refusal === undefined ? 0 : RETRY_MS);
  }

  #restore(record: StoredRecord): PutMessage | undefined {
    const restored = restoredProperties(record.properties);
    if (restored === undefined) {
      this.#options.platform.logger.error('Dropped a delayed message that does not name its topic', {
        level: this.#level,
        position: record.position,
      });
      return undefined;
    }
    const { flag, sysFlag, bornTimestamp, bornHost, reconsumeTimes, body } = record;
    return { ...emptyPutMessage(), ...restored, flag, sysFlag, bornTimestamp, bornHost, reconsumeTimes, body };
  }

  #pause(delayMs: number): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = this.#options.platform.timers.after(delayMs, this.look);
  }
}

/** Nobody waits: what was appended and is lost by a step-down is delivered by the next master. */
const NOBODY: PendingPut = { ticket: 0, putFinished: () => {} };
