import type { Platform } from '../../platform/ports.ts';
import { type AbortOptions, abortable } from '../abortable.ts';
import { checkOptions } from '../check-options.ts';
import { ClientSession } from '../client-session.ts';
import type { EventListener } from '../emitter.ts';
import { ClientError, SendError } from '../errors.ts';
import type { ClientEvents } from '../events.ts';
import type { Message } from '../message.ts';
import type { MessageQueue } from '../message-queue.ts';
import type { ClientOptions } from '../options.ts';
import { type PreparedSend, prepareBatch, prepareMessage, type SendSettings } from './prepare-send.ts';
import type { QueueWish } from './queue-choice.ts';
import { rejectOrResolve, SendEngine } from './send-engine.ts';
import type { SendDone } from './send-operation.ts';
import type { SendResult } from './send-result.ts';
import { createSendSettings } from './send-settings.ts';

const DEFAULT_SEND_TIMEOUT_MS = 3_000;
const DEFAULT_CLOSE_MS = 3_000;
const DEFAULT_RETRIES = 2;

export interface ProducerOptions extends ClientOptions {
  /** Name of the producer group. */
  readonly group: string;
  /** Time for one send, all attempts included, unless a call says otherwise. Default 3 s. */
  readonly sendTimeoutMs?: number;
  /** How often a send is repeated after an answer that will hardly change, such as "no permission". Default 2. */
  readonly retries?: number;
  /** Bodies of at least so many bytes are compressed (zlib); more than `maxMessageBytes`: none. Default 4,096. */
  readonly compressAtBytes?: number;
  /** Largest body that is sent. Default 4 MiB, as in RocketMQ. */
  readonly maxMessageBytes?: number;
  /** Queues of a topic that a broker creates for the first message (if it may). Default 4. */
  readonly autoCreateQueues?: number;
}

export interface SendOptions extends QueueWish, AbortOptions {
  /** Time for this send, all attempts included. */
  readonly timeoutMs?: number;
}

/**
 * Sends messages. A send is acknowledged when its promise resolves; otherwise it rejects with a `SendError` that says whether the message may
 * be stored nevertheless. After a failed attempt the name server is asked again and the other members of the broker group are tried,
 * until the time is up.
 */
export class Producer {
  readonly #session: ClientSession;
  readonly #engine: SendEngine;
  readonly #group: string;
  readonly #sendTimeoutMs: number;
  readonly #settings: SendSettings;
  #state: 'new' | 'started' | 'closed' = 'new';

  /** Throws a `ClientError` for options that cannot be used. */
  constructor(platform: Platform, options: ProducerOptions) {
    checkOptions(options);
    this.#session = new ClientSession(platform, options);
    this.#group = options.group;
    this.#sendTimeoutMs = options.sendTimeoutMs ?? DEFAULT_SEND_TIMEOUT_MS;
    this.#settings = createSendSettings(platform, options.group, options);
    const { autoCreateQueues } = this.#settings;
    this.#engine = new SendEngine(this.#session, { retries: options.retries ?? DEFAULT_RETRIES, autoCreateQueues });
  }

  get clientId(): string {
    return this.#session.clientId;
  }

  /** Listens to an event of this producer; returns the function that stops it. */
  on<Name extends keyof ClientEvents>(name: Name, listener: EventListener<ClientEvents[Name]>): () => void {
    return this.#session.events.on(name, listener);
  }

  /** Starts heartbeats and route refreshes. Nothing is asked before the first send. */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw new ClientError('closed', 'a producer can be started once.');
    this.#state = 'started';
    const content = { producerDataSet: [{ groupName: this.#group }], consumerDataSet: [] };
    this.#session.start(() => content);
  }

  /** Queues of a topic that can be written to; asks the name server if the topic is new here. */
  async queues(topic: string, options: AbortOptions = {}): Promise<readonly MessageQueue[]> {
    this.#assertStarted();
    const route = this.#session.routes.get(topic);
    const found = route ?? (await abortable(this.#engine.findRoute(topic), options, 'asking for queues'));
    return found?.sendQueues ?? [];
  }

  /** Sends one message and waits for the acknowledgement. */
  send(message: Message, options: SendOptions = {}): Promise<SendResult> {
    return new Promise((resolve, reject) => this.sendCallback(message, options, rejectOrResolve(resolve, reject)));
  }

  /** Sends messages of one topic, which are stored together in one queue. */
  sendBatch(messages: readonly Message[], options: SendOptions = {}): Promise<SendResult> {
    return new Promise((resolve, reject) => {
      this.#begin(prepareBatch(messages, this.#settings), options, rejectOrResolve(resolve, reject));
    });
  }

  /** `send` without a promise, for those who count microseconds. `done` is called once; within the call only if nothing was sent. */
  sendCallback(message: Message, options: SendOptions, done: SendDone): void {
    this.#begin(prepareMessage(message, this.#settings), options, done);
  }

  /** Sends a message without waiting for an answer: it may get lost. Resolves when it was handed to a connection. */
  async sendOneway(message: Message, options: QueueWish & AbortOptions = {}): Promise<void> {
    this.#assertStarted();
    const prepared = prepareMessage(message, this.#settings);
    if (typeof prepared === 'string') throw new ClientError('invalid-argument', prepared);
    const handedOver = await abortable(this.#engine.oneway(prepared, options), options, 'the oneway send');
    if (!handedOver) throw new ClientError('no-route', `topic ${message.topic} has no queue that can be written to`);
  }

  /**
   * Takes no more messages, waits for those on their way (up to `graceMs`; then they fail), says goodbye to the brokers and closes all
   * connections. Ends within `graceMs` plus about a second; never rejects.
   */
  async close(graceMs = DEFAULT_CLOSE_MS): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    await this.#engine.close(graceMs);
    await this.#session.close({ producerGroup: this.#group });
  }

  #begin(prepared: PreparedSend | string, options: SendOptions, done: SendDone): void {
    const refusal = this.#refusal(prepared);
    if (refusal !== undefined || typeof prepared === 'string') {
      done(refusal, undefined);
      return;
    }
    const limits = { timeoutMs: options.timeoutMs ?? this.#sendTimeoutMs, signal: options.signal };
    this.#engine.begin(prepared, options, limits, done);
  }

  #refusal(prepared: PreparedSend | string): SendError | undefined {
    const nothing = { messageId: '', attempts: [] };
    if (this.#state !== 'started') return new SendError('closed', this.#stateText(), nothing);
    return typeof prepared === 'string' ? new SendError('invalid-argument', prepared, nothing) : undefined;
  }

  #stateText(): string {
    return this.#state === 'new' ? 'the producer is not started: call start() first.' : 'the producer is closed.';
  }

  #assertStarted(): void {
    if (this.#state !== 'started') throw new ClientError('closed', this.#stateText());
  }
}
