import { PropertyName } from '../../protocol/message/properties.ts';
import type { MessageQueue } from '../message-queue.ts';
import type { ReceivedMessage } from '../received-message.ts';

/** What a listener says about its messages; a throw counts as `reconsume-later`. */
export type ConsumeResult = 'success' | 'reconsume-later';

export interface ConsumeContext {
  readonly queue: MessageQueue;
  /** A signal of this call alone, aborted when the consumer closes before the call has ended. */
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

/** The context of one call. The signal is made only for a listener that asks. */
class ListenerCall implements ConsumeContext {
  readonly queue: MessageQueue;
  delayLevel = 0;
  readonly #pool: ConsumePool;
  #signal: AbortSignal | undefined;

  constructor(pool: ConsumePool, queue: MessageQueue) {
    this.#pool = pool;
    this.queue = queue;
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#pool.signalFor(this);
    return this.#signal;
  }
}

/** Calls the listener for jobs in their order, at most `concurrency` at a time. */
export class ConsumePool {
  readonly #nowMs: () => number;
  readonly #listener: MessageListener;
  readonly #concurrency: number;
  /** Calls that have not ended, each with what aborts its signal, if the listener has asked for it. */
  readonly #calls = new Map<ConsumeContext, AbortController | undefined>();
  #waiting: ConsumeJob[] = [];
  #head = 0;
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
    return this.#calls.size;
  }

  /** For the context of a call: a new signal for it, aborted already if the pool is closed. */
  signalFor(call: ConsumeContext): AbortSignal {
    const abort = new AbortController();
    if (this.#closed) abort.abort();
    else if (this.#calls.has(call)) this.#calls.set(call, abort);
    return abort.signal;
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
    for (const abort of this.#calls.values()) abort?.abort();
    if (this.#calls.size === 0) idle();
  }

  #next(): void {
    while (this.#calls.size < this.#concurrency && this.#head < this.#waiting.length) {
      const job = this.#waiting[this.#head++] as ConsumeJob;
      if (this.#head === this.#waiting.length) {
        this.#waiting = [];
        this.#head = 0;
      }
      if (job.wanted()) void this.#run(job);
    }
  }

  async #run(job: ConsumeJob): Promise<void> {
    const context = new ListenerCall(this, job.queue);
    this.#calls.set(context, undefined);
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
    this.#calls.delete(context);
    job.done(result, context, failure);
    if (this.#closed && this.#calls.size === 0) this.#whenIdle?.();
    this.#next();
  }
}
