import { PropertyName } from '../../protocol/message/properties.ts';
import type { MessageQueue } from '../message-queue.ts';
import type { ReceivedMessage } from '../received-message.ts';

/** What a listener says about its messages; a throw counts as `reconsume-later`. */
export type ConsumeResult = 'success' | 'reconsume-later';

export interface ConsumeContext {
  readonly queue: MessageQueue;
  /** Aborted when the consumer closes. */
  readonly signal: AbortSignal;
  /** When failed messages come again: -1 goes to the dead letters at once, 0 lets the broker choose, otherwise a delay level. */
  delayLevel: number;
}

/** Consumes messages of one queue; several calls run at the same time. A rejection counts as 'reconsume-later'. */
export type MessageListener = (messages: readonly ReceivedMessage[], context: ConsumeContext) => Promise<ConsumeResult>;

/** Messages for one call of the listener. */
export interface ConsumeJob {
  readonly queue: MessageQueue;
  readonly messages: readonly ReceivedMessage[];
  /** False if the queue was taken away meanwhile: then the messages are left to the new owner. */
  readonly wanted: () => boolean;
  /** Called when the listener is through, unless the job was not wanted any more. `error` is what it threw. */
  readonly done: (result: ConsumeResult, context: ConsumeContext, error: unknown) => void;
}

/** Calls the listener for jobs in their order, at most `concurrency` at a time. */
export class ConsumePool {
  readonly #nowMs: () => number;
  readonly #listener: MessageListener;
  readonly #concurrency: number;
  readonly #abort = new AbortController();
  #waiting: ConsumeJob[] = [];
  #head = 0;
  #running = 0;
  #closed = false;
  #whenIdle: (() => void) | undefined;

  /** `nowMs` gives the wall time that messages carry as the start of their consumption. */
  constructor(listener: MessageListener, concurrency: number, nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#listener = listener;
    this.#concurrency = concurrency;
  }

  /** Calls of the listener that have not ended. */
  get running(): number {
    return this.#running;
  }

  add(job: ConsumeJob): void {
    if (this.#closed) return;
    this.#waiting.push(job);
    this.#next();
  }

  /** Starts no job any more, and calls `idle` once the running ones have ended (they are told by their signal). */
  close(idle: () => void): void {
    this.#closed = true;
    this.#waiting = [];
    this.#head = 0;
    this.#whenIdle = idle;
    this.#abort.abort();
    if (this.#running === 0) idle();
  }

  #next(): void {
    while (this.#running < this.#concurrency && this.#head < this.#waiting.length) {
      const job = this.#waiting[this.#head++] as ConsumeJob;
      if (this.#head === this.#waiting.length) {
        this.#waiting = [];
        this.#head = 0;
      }
      if (job.wanted()) void this.#run(job);
    }
  }

  async #run(job: ConsumeJob): Promise<void> {
    this.#running++;
    const context: ConsumeContext = { queue: job.queue, signal: this.#abort.signal, delayLevel: 0 };
    let result: ConsumeResult = 'reconsume-later';
    let failure: unknown;
    const startTime = String(this.#nowMs());
    for (const { properties } of job.messages) {
      (properties as Record<string, string>)[PropertyName.CONSUME_START_TIME] = startTime;
    }
    try {
      const answer = await this.#listener(job.messages, context);
      if (answer === 'success') result = 'success';
    } catch (error) {
      failure = error;
    }
    this.#running--;
    job.done(result, context, failure);
    if (this.#closed && this.#running === 0) this.#whenIdle?.();
    this.#next();
  }
}
