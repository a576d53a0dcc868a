import type { Clock, Timer, Timers } from '../../platform/ports.ts';
import type { MessageQueue } from '../message-queue.ts';
import type { ReceivedMessage } from '../received-message.ts';
import { OffsetWindow } from './offset-window.ts';
import type { PullOutcome, PullSource } from './pull-source.ts';

const FULL_RETRY_MS = 50;
const MOVED_PAUSE_MS = 1_000;
/** An empty answer that comes sooner than this was not held back by the broker: the next pull waits, ever longer. */
const HELD_MS = 100;
const LONGEST_IDLE_MS = 500;

/** How much of one queue may wait in this client. */
export interface QueueLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** Largest distance between the first unfinished offset and the next one to pull. */
  readonly maxSpan: number;
  /** Messages asked for at once. */
  readonly pullBatchSize: number;
}

/** What a reader tells its owner. */
export interface QueueReaderHandlers {
  /** Messages to consume, in order; each is to be given back through `finish`. */
  onMessages(reader: QueueReader, messages: readonly ReceivedMessage[]): void;
  /** The broker moved the offset: progress starts again at `offset`, and what was pulled before does not count any more. */
  onMoved(reader: QueueReader, offset: number): void;
  onFailure(reader: QueueReader, error: Error): void;
}

/**
 * Pulls one queue as long as it is assigned to this consumer: one pull at a time, paused while too much waits to be consumed. What was
 * pulled stays counted until `finish`, so that `committable` never passes an unfinished message.
 */
export class QueueReader {
  readonly queue: MessageQueue;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #pull: PullSource;
  readonly #limits: QueueLimits;
  readonly #handlers: QueueReaderHandlers;
  #window: OffsetWindow;
  #next: number;
  #savedOffset: number | undefined;
  #timer: Timer | undefined;
  #idleMs = 0;
  #stopped = false;
  readonly #commitsOnPull: boolean;

  constructor(
    queue: MessageQueue,
    offset: number,
    parts: {
      readonly clock: Clock;
      readonly timers: Timers;
      readonly pull: PullSource;
      readonly limits: QueueLimits;
      readonly handlers: QueueReaderHandlers;
      /** Lets progress ride on pulls (clustering). */
      readonly commitsOnPull: boolean;
    },
  ) {
    this.queue = queue;
    this.#next = offset;
    this.#window = new OffsetWindow(offset);
    this.#clock = parts.clock;
    this.#timers = parts.timers;
    this.#pull = parts.pull;
    this.#limits = parts.limits;
    this.#handlers = parts.handlers;
    this.#commitsOnPull = parts.commitsOnPull;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** All offsets below it are consumed. */
  get committable(): number {
    return this.#window.committable;
  }

  /** Messages that were pulled and not consumed. */
  get unfinished(): number {
    return this.#window.unfinished;
  }

  /** The progress that is not stored yet, or undefined. */
  unsaved(): number | undefined {
    return this.committable === this.#savedOffset ? undefined : this.committable;
  }

  saved(offset: number): void {
    this.#savedOffset = offset;
  }

  start(): void {
    this.#step();
  }

  /** No message is delivered any more; what is being consumed may still be finished. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
  }

  /** A token of the current count: `finish` with an older one changes nothing. */
  get epoch(): object {
    return this.#window;
  }

  /** A delivered message needs nothing more; `epoch` is that of its delivery. */
  finish(offset: number, epoch: object): void {
    if (epoch === this.#window) this.#window.finish(offset);
  }

  #step(): void {
    this.#timer = undefined;
    if (this.#stopped) return;
    if (this.#isFull()) {
      this.#later(FULL_RETRY_MS);
      return;
    }
    const { queue } = this;
    const committable = this.committable;
    const commitOffset = this.#commitsOnPull && committable > 0 ? committable : undefined;
    const maxMessages = this.#limits.pullBatchSize;
    const { epoch } = this;
    const askedAtMs = this.#clock.monotonicMs();
    this.#pull({ queue, offset: this.#next, maxMessages, commitOffset }, (outcome) => {
      if (this.#stopped) return;
      if (epoch === this.epoch) this.#onOutcome(outcome, this.#clock.monotonicMs() - askedAtMs);
      else this.#step();
    });
  }

  #isFull(): boolean {
    const { unfinished, unfinishedBytes, committable } = this.#window;
    const { maxMessages, maxBytes, maxSpan } = this.#limits;
    return (
      unfinished > maxMessages || unfinishedBytes > maxBytes || (unfinished > 0 && this.#next - committable > maxSpan)
    );
  }

  #onOutcome(outcome: PullOutcome, tookMs: number): void {
    switch (outcome.kind) {
      case 'found':
        this.#idleMs = 0;
        this.#take(outcome.messages, outcome.nextOffset);
        this.#step();
        return;
      case 'nothing':
        this.#onNothing(outcome.nextOffset, tookMs);
        return;
      case 'moved':
        this.moveTo(outcome.nextOffset);
        this.#later(MOVED_PAUSE_MS);
        return;
      case 'failed':
        this.#handlers.onFailure(this, outcome.error);
        this.#later(outcome.retryMs);
    }
  }

  #onNothing(nextOffset: number, tookMs: number): void {
    const progress = nextOffset > this.#next;
    this.#take([], nextOffset);
    if (progress || tookMs >= HELD_MS) {
      this.#idleMs = 0;
      this.#step();
    } else {
      this.#idleMs = Math.min(LONGEST_IDLE_MS, this.#idleMs * 2 + 10);
      this.#later(this.#idleMs);
    }
  }

  /** Goes on at another offset, up or down. What was pulled before does not count any more. */
  moveTo(offset: number): void {
    this.#next = offset;
    this.#window = new OffsetWindow(offset);
    this.#savedOffset = undefined;
    this.#handlers.onMoved(this, offset);
  }

  #take(messages: readonly ReceivedMessage[], nextOffset: number): void {
    const fresh = messages.filter((message) => this.#window.add(message.queueOffset, message.storeSize));
    this.#next = Math.max(this.#next, nextOffset);
    this.#window.advance(this.#next);
    if (fresh.length > 0) this.#handlers.onMessages(this, fresh);
  }

  #later(delayMs: number): void {
    if (!this.#stopped) this.#timer = this.#timers.after(delayMs, () => this.#step());
  }
}
