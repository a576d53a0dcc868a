import { setTimeout as sleep } from 'node:timers/promises';
import type { Producer, SendError, SendResult } from '../../../src/index.ts';
import { hostText } from '../../../src/protocol/message/host.ts';
import { parseOffsetMessageId } from '../../../src/protocol/message/message-id.ts';
import type { Acknowledged } from './audit.ts';

export interface SenderOptions {
  readonly topic: string;
  /** How many send at the same time, each waiting for the answer before its next message. */
  readonly senders: number;
  /** Pause of each sender between two messages; keeps what has to be read back small. */
  readonly pauseMs: number;
  /** Time for one send. Default: the producer's. */
  readonly sendTimeoutMs?: number;
}

/** An acknowledgement, as it comes in. */
export interface Acknowledgement {
  /** On the clock of `performance.now()`. */
  readonly atMs: number;
  /** When the send began. */
  readonly sentAtMs: number;
  /** `host:port` of the broker that led when the message was stored. */
  readonly storedBy: string;
}

/** Sends messages with bodies of their own without a break, and keeps account of what became of them. */
export class ContinuousSenders {
  readonly acknowledged: Acknowledged[] = [];
  readonly failures: SendError[] = [];
  readonly #producer: Producer;
  readonly #options: SenderOptions;
  readonly #listeners = new Set<(acknowledgement: Acknowledgement) => void>();
  #running = true;
  readonly #ended: Promise<unknown>;

  /** Starts at once; the producer must be started. */
  constructor(producer: Producer, options: SenderOptions) {
    this.#producer = producer;
    this.#options = options;
    this.#ended = Promise.all(Array.from({ length: options.senders }, (_, index) => this.#run(index)));
  }

  /** Resolves with the first acknowledgement from now on that fits; undefined if none came in time. */
  next(timeoutMs: number, fits: (each: Acknowledgement) => boolean): Promise<Acknowledgement | undefined> {
    return new Promise((resolve) => {
      const end = (found: Acknowledgement | undefined): void => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(found);
      };
      const listener = (each: Acknowledgement): void => {
        if (fits(each)) end(each);
      };
      const timer = setTimeout(() => end(undefined), timeoutMs);
      this.#listeners.add(listener);
    });
  }

  /** Resolves when the last message has its verdict. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#ended;
  }

  async #run(sender: number): Promise<void> {
    const { topic, pauseMs, sendTimeoutMs } = this.#options;
    const limits = sendTimeoutMs === undefined ? {} : { timeoutMs: sendTimeoutMs };
    for (let number = 0; this.#running; number++) {
      const body = `${sender}/${number}`;
      const sentAtMs = performance.now();
      try {
        this.#note(body, sentAtMs, await this.#producer.send({ topic, body }, limits));
      } catch (error) {
        this.failures.push(error as SendError);
      }
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }

  #note(body: string, sentAtMs: number, { messageId, queue, queueOffset, offsetMessageId }: SendResult): void {
    this.acknowledged.push({ body, messageId, queueId: queue.queueId, queueOffset });
    if (this.#listeners.size === 0) return;
    const id = parseOffsetMessageId(offsetMessageId);
    const storedBy = id === undefined ? '' : hostText(id.host);
    const acknowledgement = { atMs: performance.now(), sentAtMs, storedBy };
    for (const listener of [...this.#listeners]) listener(acknowledgement);
  }
}
