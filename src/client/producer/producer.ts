import type { Platform } from '../../platform/ports.ts';
import { parseAddress } from '../../protocol/message/host.ts';
import { createUniqueKeyGenerator } from '../../protocol/message/message-id.ts';
import { ClientSession } from '../client-session.ts';
import type { EventListener } from '../emitter.ts';
import { ClientError, SendError } from '../errors.ts';
import type { ClientEvents } from '../events.ts';
import type { Message } from '../message.ts';
import type { MessageQueue } from '../message-queue.ts';
import { type ClientOptions, checkGroup } from '../options.ts';
import { chooseMember } from '../route/choose-member.ts';
import { TopicRoute } from '../route/topic-route.ts';
import {
  AUTO_CREATE_TOPIC,
  type PreparedSend,
  prepareBatch,
  prepareMessage,
  type SendSettings,
} from './prepare-send.ts';
import { nextQueue, type QueueWish, queueOfKey } from './queue-choice.ts';
import { SendGate } from './send-gate.ts';
import { type SendContext, type SendDone, SendOperation } from './send-operation.ts';
import type { SendResult } from './send-result.ts';

const DEFAULT_SEND_TIMEOUT_MS = 3_000;
const DEFAULT_CLOSE_MS = 3_000;
const MAX_ATTEMPT_MS = 1_000;
const PROVISIONAL_REFRESH_MS = 1_000;

export interface ProducerOptions extends ClientOptions {
  /** Name of the producer group. */
  readonly group: string;
  /** Time for one send, all attempts included, unless a call says otherwise. Default 3 s. */
  readonly sendTimeoutMs?: number;
  /** How often a send is repeated after an answer that will hardly change, such as "no permission". Default 2. */
  readonly retries?: number;
  /** Bodies of at least so many bytes are compressed (zlib). Default 4,096. */
  readonly compressAtBytes?: number;
  /** Largest body that is sent. Default 4 MiB, as in RocketMQ. */
  readonly maxMessageBytes?: number;
  /** Queues of a topic that a broker creates for the first message (if it may). Default 4. */
  readonly autoCreateQueues?: number;
}

export interface SendOptions extends QueueWish {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends messages. A send is acknowledged when its promise resolves; otherwise it rejects with a `SendError` that says whether the message may
 * be stored nevertheless. After a failed attempt the name server is asked again and the other members of the broker group are tried,
 * until the time is up.
 */
export class Producer {
  readonly #session: ClientSession;
  readonly #group: string;
  readonly #sendTimeoutMs: number;
  readonly #settings: SendSettings;
  readonly #context: SendContext;
  readonly #operations = new Set<SendOperation>();
  readonly #gates = new Map<string, SendGate>();
  #turn: number;
  #state: 'new' | 'started' | 'closed' = 'new';
  #whenIdle: (() => void) | undefined;

  /** Throws a `ClientError` for options that cannot be used. */
  constructor(platform: Platform, options: ProducerOptions) {
    checkGroup(options.group);
    this.#session = new ClientSession(platform, options);
    this.#group = options.group;
    this.#sendTimeoutMs = options.sendTimeoutMs ?? DEFAULT_SEND_TIMEOUT_MS;
    this.#turn = platform.random.below(1_000);
    this.#settings = {
      group: options.group,
      autoCreateQueues: options.autoCreateQueues ?? 4,
      compressAtBytes: options.compressAtBytes ?? 4_096,
      maxMessageBytes: options.maxMessageBytes ?? 4 * 1024 * 1024,
      nowMs: () => platform.clock.nowMs(),
      newMessageId: createUniqueKeyGenerator(platform, localAddressBytes(platform)),
    };
    this.#context = {
      session: this.#session,
      retries: options.retries ?? 2,
      attemptMs: MAX_ATTEMPT_MS,
      nextTurn: () => this.#turn++,
      findRoute: (topic) => this.#findRoute(topic),
      gate: (brokerName) => this.#gate(brokerName),
      onStored: (brokerName) => {
        if (this.#gates.size > 0) this.#gates.get(brokerName)?.open();
      },
      onEnd: (operation) => this.#onEnd(operation),
    };
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
  async queues(topic: string): Promise<readonly MessageQueue[]> {
    this.#assertStarted();
    const route = this.#session.routes.get(topic) ?? (await this.#findRoute(topic));
    return route?.sendQueues ?? [];
  }

  /** Sends one message and waits for the acknowledgement. */
  send(message: Message, options: SendOptions = {}): Promise<SendResult> {
    return new Promise((resolve, reject) => {
      this.sendCallback(message, options, (error, result) => (result === undefined ? reject(error) : resolve(result)));
    });
  }

  /** Sends messages of one topic, which are stored together in one queue. */
  sendBatch(messages: readonly Message[], options: SendOptions = {}): Promise<SendResult> {
    return new Promise((resolve, reject) => {
      const done: SendDone = (error, result) => (result === undefined ? reject(error) : resolve(result));
      this.#begin(prepareBatch(messages, this.#settings), options, done);
    });
  }

  /** `send` without a promise, for those who count microseconds. `done` is called once, never within the call unless the message is refused. */
  sendCallback(message: Message, options: SendOptions, done: SendDone): void {
    this.#begin(prepareMessage(message, this.#settings), options, done);
  }

  /** Sends a message without waiting for an answer: it may get lost. Resolves when it was handed to a connection. */
  async sendOneway(message: Message, wish: QueueWish = {}): Promise<void> {
    this.#assertStarted();
    const prepared = prepareMessage(message, this.#settings);
    if (typeof prepared === 'string') throw new ClientError('invalid-argument', prepared);
    const { routes, faults, platform, remoting } = this.#session;
    const route = routes.get(message.topic) ?? (await this.#findRoute(message.topic));
    const nowMs = platform.clock.monotonicMs();
    const queue = route && chooseQueue(route, wish, () => nextQueue(route, this.#turn++, faults, nowMs, undefined));
    const member = queue && chooseMember(route, queue.brokerName, faults, nowMs);
    if (queue === undefined || member === undefined)
      throw new ClientError('no-route', `topic ${message.topic} has no queue to write to`);
    remoting.oneway(member.address, prepared.code, prepared.fields(queue), prepared.body);
  }

  /**
   * Takes no more messages, waits for those on their way (up to `graceMs`; then they fail), says goodbye to the brokers and closes all
   * connections. Ends within `graceMs` plus about a second; never rejects.
   */
  async close(graceMs = DEFAULT_CLOSE_MS): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    if (this.#operations.size > 0) await this.#untilIdle(graceMs);
    for (const operation of [...this.#operations]) operation.abandon('closed', 'the producer was closed');
    await this.#session.close({ producerGroup: this.#group });
  }

  #gate(brokerName: string): SendGate {
    let gate = this.#gates.get(brokerName);
    if (gate === undefined) {
      const { clock, timers } = this.#session.platform;
      gate = new SendGate(clock, timers);
      this.#gates.set(brokerName, gate);
    }
    return gate;
  }

  #begin(prepared: PreparedSend | string, options: SendOptions, done: SendDone): void {
    const refusal = this.#refusal(prepared);
    if (refusal !== undefined || typeof prepared === 'string') {
      done(refusal, undefined);
      return;
    }
    const deadlineMs = this.#session.platform.clock.monotonicMs() + (options.timeoutMs ?? this.#sendTimeoutMs);
    const operation = new SendOperation(this.#context, prepared, options, { deadlineMs, signal: options.signal }, done);
    this.#operations.add(operation);
    operation.start();
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

  #onEnd(operation: SendOperation): void {
    this.#operations.delete(operation);
    if (this.#operations.size === 0) this.#whenIdle?.();
  }

  #untilIdle(graceMs: number): Promise<void> {
    const { timers } = this.#session.platform;
    return new Promise((resolve) => {
      const timer = timers.after(graceMs, resolve);
      this.#whenIdle = () => {
        timers.cancel(timer);
        resolve();
      };
    });
  }

  /** The topic's route; for a topic that nobody has, the route of the topic from which a broker would create it. */
  async #findRoute(topic: string): Promise<TopicRoute | undefined> {
    const { routes, platform } = this.#session;
    const route = await routes.load(topic);
    if (route !== undefined) return route;
    const template = await routes.load(AUTO_CREATE_TOPIC);
    if (template === undefined) return undefined;
    const most = this.#settings.autoCreateQueues;
    const queues = template.queues.map((each) => {
      const count = Math.min(most, each.readQueueNums);
      return { ...each, readQueueNums: count, writeQueueNums: count };
    });
    const provisional = new TopicRoute(topic, [...template.groups.values()], queues);
    routes.putProvisional(provisional);
    platform.timers.after(PROVISIONAL_REFRESH_MS, () => {
      if (!this.#session.closed)
        routes.refresh(topic).catch((error: Error) => this.#session.report(`refreshing the route of ${topic}`, error));
    });
    return provisional;
  }
}

function chooseQueue(
  route: TopicRoute,
  wish: QueueWish,
  any: () => MessageQueue | undefined,
): MessageQueue | undefined {
  if (wish.queue !== undefined) return wish.queue;
  if (wish.selector !== undefined) return wish.selector(route.sendQueues);
  return wish.key === undefined ? any() : queueOfKey(route.sendQueues, wish.key);
}

function localAddressBytes(platform: Platform): Uint8Array {
  const address = platform.network.localAddresses()[0];
  return Uint8Array.from((address && parseAddress(address)) || [127, 0, 0, 1]);
}
