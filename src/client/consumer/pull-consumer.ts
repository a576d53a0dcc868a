import type { Platform } from '../../platform/ports.ts';
import { parseSubscription, type SubscriptionData } from '../../protocol/message/tags.ts';
import { type AbortOptions, abortable } from '../abortable.ts';
import { checkOptions } from '../check-options.ts';
import { ClientSession } from '../client-session.ts';
import type { EventListener } from '../emitter.ts';
import { ClientError } from '../errors.ts';
import type { ClientEvents } from '../events.ts';
import type { MessageQueue } from '../message-queue.ts';
import { type ClientOptions, topicProblem } from '../options.ts';
import type { ReceivedMessage } from '../received-message.ts';
import { BrokerOffsetStore } from './broker-offset-store.ts';
import { BrokerPull } from './broker-pull.ts';
import { maxOffset, minOffset, searchOffset } from './first-offset.ts';
import type { PullOutcome } from './pull-source.ts';

/** What an answer may take on top of the time that a broker may wait for messages. */
const ANSWER_MS = 5_000;

export interface PullConsumerOptions extends ClientOptions {
  /** Name of the consumer group. */
  readonly group: string;
}

export interface PullOptions extends AbortOptions {
  /** Default 32. */
  readonly maxMessages?: number;
  /** `*` for all messages (default), or tags such as `TagA || TagB`. */
  readonly expression?: string;
  /** How long the broker may wait for a message if it has none. Default 0: not at all. */
  readonly waitMs?: number;
}

export interface PullResult {
  /** `moved`: the queue does not hold the offset; `nextOffset` is the nearest one that it does. */
  readonly status: 'found' | 'nothing' | 'moved';
  readonly messages: readonly ReceivedMessage[];
  /** Where to go on. */
  readonly nextOffset: number;
  /** The offset of the oldest message that the queue holds, and the one that the next message will get. */
  readonly minOffset: number;
  readonly maxOffset: number;
}

/** Reads queues where and when the caller wants: nothing happens by itself, nothing is divided, progress is stored on demand. */
export class PullConsumer {
  readonly #session: ClientSession;
  readonly #group: string;
  readonly #offsets: BrokerOffsetStore;
  readonly #subscriptions = new Map<string, SubscriptionData>();
  #state: 'new' | 'started' | 'closed' = 'new';

  /** Throws a `ClientError` for options that cannot be used. */
  constructor(platform: Platform, options: PullConsumerOptions) {
    checkOptions(options);
    this.#session = new ClientSession(platform, options);
    this.#group = options.group;
    this.#offsets = new BrokerOffsetStore(this.#session, options.group);
  }

  get clientId(): string {
    return this.#session.clientId;
  }

  /** Listens to an event of this consumer; returns the function that stops it. */
  on<Name extends keyof ClientEvents>(name: Name, listener: EventListener<ClientEvents[Name]>): () => void {
    return this.#session.events.on(name, listener);
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') throw new ClientError('closed', 'a consumer can be started once.');
    this.#state = 'started';
    this.#session.start(() => this.#heartbeat());
  }

  /** The queues of a topic that can be read; empty if nobody has the topic. */
  queues(topic: string, options: AbortOptions = {}): Promise<readonly MessageQueue[]> {
    const queues = this.#meet(topic).then(() => this.#session.routes.get(topic)?.readQueues ?? []);
    return abortable(queues, options, 'asking for queues');
  }

  /** Reads messages of a queue from an offset on. Rejects with a `ClientError` if no member of its broker group could answer. */
  pull(queue: MessageQueue, offset: number, options: PullOptions = {}): Promise<PullResult> {
    return abortable(this.#pull(queue, offset, options), options, 'the pull');
  }

  /** The group's stored progress in a queue; undefined if it has none. */
  committedOffset(queue: MessageQueue, options: AbortOptions = {}): Promise<number | undefined> {
    return this.#ask(queue, options, () => this.#offsets.load(queue));
  }

  /** Stores progress: `offset` is the first one that is not consumed. Resolves when the broker has it. */
  commit(queue: MessageQueue, offset: number, options: AbortOptions = {}): Promise<void> {
    return this.#ask(queue, options, () => this.#offsets.save(new Map([[queue, offset]]), true));
  }

  /** The offset of the oldest message that the queue holds. */
  minOffset(queue: MessageQueue, options: AbortOptions = {}): Promise<number> {
    return this.#ask(queue, options, () => minOffset(this.#session, queue));
  }

  /** The offset that the next message will get. */
  maxOffset(queue: MessageQueue, options: AbortOptions = {}): Promise<number> {
    return this.#ask(queue, options, () => maxOffset(this.#session, queue));
  }

  /** The offset of the first message stored at or after a wall time in milliseconds. */
  searchOffset(queue: MessageQueue, timestampMs: number, options: AbortOptions = {}): Promise<number> {
    return this.#ask(queue, options, () => searchOffset(this.#session, queue, timestampMs));
  }

  /** Says goodbye to the brokers and closes all connections; calls that wait fail. Ends within about a second; never rejects. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    await this.#session.close({ consumerGroup: this.#group });
  }

  #ask<Result>(queue: MessageQueue, options: AbortOptions, work: () => Promise<Result>): Promise<Result> {
    return abortable(this.#meet(queue.topic).then(work), options, 'the request');
  }

  async #pull(queue: MessageQueue, offset: number, options: PullOptions): Promise<PullResult> {
    const { maxMessages = 32, expression = '*', waitMs = 0 } = options;
    const subscription = this.#subscribe(queue.topic, expression);
    await this.#meet(queue.topic);
    const source = new BrokerPull({
      session: this.#session,
      group: this.#group,
      subscription: () => subscription,
      suspendMs: waitMs,
      timeoutMs: waitMs + ANSWER_MS,
      sendsSubscription: true,
    });
    const request = { queue, offset, maxMessages, commitOffset: undefined };
    const members = this.#session.routes.get(queue.topic)?.groups.get(queue.brokerName)?.members.length ?? 1;
    for (let tried = 1; ; tried++) {
      const outcome = await new Promise<PullOutcome>((resolve) => source.pull(request, resolve));
      if (outcome.kind !== 'failed') return resultOf(outcome);
      const isAway = outcome.error instanceof ClientError && outcome.error.code === 'unreachable';
      if (isAway && this.#state === 'closed')
        throw new ClientError('closed', 'the consumer was closed during the pull.');
      if (!isAway || tried >= members) throw outcome.error;
    }
  }

  /** Makes sure that the topic's route is known and its brokers know this group. */
  async #meet(topic: string): Promise<void> {
    if (this.#state !== 'started') {
      const why =
        this.#state === 'new' ? 'the consumer is not started: call start() first.' : 'the consumer is closed.';
      throw new ClientError('closed', why);
    }
    if (this.#session.routes.get(topic) !== undefined) return;
    const problem = topicProblem(topic);
    if (problem !== undefined) throw new ClientError('invalid-argument', problem);
    if (!this.#subscriptions.has(topic)) this.#subscribe(topic, '*');
    await this.#session.routes.load(topic);
    await this.#session.greetNew();
  }

  #subscribe(topic: string, expression: string): SubscriptionData {
    const known = this.#subscriptions.get(topic);
    if (known?.subString === expression) return known;
    const subscription = parseSubscription(topic, expression, this.#session.platform.clock.nowMs());
    if (typeof subscription === 'string') throw new ClientError('invalid-argument', subscription);
    this.#subscriptions.set(topic, subscription);
    return subscription;
  }

  #heartbeat() {
    const consumer = {
      groupName: this.#group,
      consumeType: 'CONSUME_ACTIVELY',
      messageModel: 'CLUSTERING',
      consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
      subscriptionDataSet: [...this.#subscriptions.values()],
      unitMode: false,
    };
    return { producerDataSet: [], consumerDataSet: [consumer] };
  }
}

function resultOf(outcome: Exclude<PullOutcome, { readonly kind: 'failed' }>): PullResult {
  const { kind: status, nextOffset, minOffset: min, maxOffset: max } = outcome;
  const messages = outcome.kind === 'found' ? outcome.messages : [];
  return { status, messages, nextOffset, minOffset: min, maxOffset: max };
}
