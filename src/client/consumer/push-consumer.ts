import type { Platform, Timer } from '../../platform/ports.ts';
import { resetOffsetBody } from '../../protocol/body/reset-offset-body.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { ResponseCode } from '../../protocol/codes.ts';
import { notifyConsumerIdsChanged } from '../../protocol/command/notify-consumer-ids-changed.ts';
import { resetConsumerClientOffset } from '../../protocol/command/reset-consumer-client-offset.ts';
import { parseSubscription, type SubscriptionData } from '../../protocol/message/tags.ts';
import type { RequestContext } from '../../remoting/request-context.ts';
import { type AbortOptions, abortable } from '../abortable.ts';
import { checkOptions } from '../check-options.ts';
import { ClientSession } from '../client-session.ts';
import type { EventListener } from '../emitter.ts';
import { ClientError } from '../errors.ts';
import type { ClientEvents } from '../events.ts';
import type { MessageQueue } from '../message-queue.ts';
import { topicProblem } from '../options.ts';
import { Assignment } from './assignment.ts';
import { BrokerOffsetStore } from './broker-offset-store.ts';
import { BrokerPull } from './broker-pull.ts';
import { ConsumePool, type MessageListener } from './consume-pool.ts';
import { ConsumeService } from './consume-service.ts';
import {
  consumeFromName,
  type PushConsumerOptions,
  type PushConsumerSettings,
  withDefaults,
} from './consumer-options.ts';
import { firstOffset, RETRY_PREFIX } from './first-offset.ts';
import { groupMembers } from './group-members.ts';
import { LocalOffsetStore } from './local-offset-store.ts';
import { QueueReader } from './queue-reader.ts';
import { Rebalancer } from './rebalancer.ts';

const FIRST_AGAIN_MS = 1_000;

/**
 * Consumes topics as a member of a group: the group's queues are divided among its members (clustering), or each member gets everything
 * (broadcasting). Every message is delivered at least once; one that the listener fails comes again later.
 */
export class PushConsumer {
  readonly #session: ClientSession;
  readonly #settings: PushConsumerSettings;
  readonly #subscriptions = new Map<string, SubscriptionData>();
  readonly #assignment: Assignment;
  readonly #rebalancer: Rebalancer;
  readonly #pull: BrokerPull;
  readonly #timers: Timer[] = [];
  #service: ConsumeService | undefined;
  #againTimer: Timer | undefined;
  #againMs = FIRST_AGAIN_MS;
  #state: 'new' | 'started' | 'closed' = 'new';

  /** Throws a `ClientError` for options that cannot be used. */
  constructor(platform: Platform, options: PushConsumerOptions) {
    checkOptions(options);
    this.#settings = withDefaults(options);
    this.#session = new ClientSession(platform, options);
    const session = this.#session;
    const { group, mode, consumeFrom, offsetDirectory } = this.#settings;
    const shared = mode === 'clustering';
    this.#pull = new BrokerPull({
      session,
      group,
      subscription: (topic) => this.#subscriptions.get(topic),
      suspendMs: 15_000,
      timeoutMs: 30_000,
      sendsSubscription: false,
    });
    const file = `${offsetDirectory}/${session.clientId}/${group}/offsets.json`;
    this.#assignment = new Assignment({
      session,
      offsets: shared ? new BrokerOffsetStore(session, group) : new LocalOffsetStore(platform.disk, file),
      firstOffset: (queue) => firstOffset(session, queue, consumeFrom),
      makeReader: (queue, offset) => this.#makeReader(queue, offset),
      onDropped: (queue) => this.#pull.forget(queue),
      onIncomplete: () => this.#again(),
    });
    this.#rebalancer = new Rebalancer(session.clientId, shared, () => this.#subscriptions.keys(), {
      queuesOf: (topic) => this.#queuesOf(topic),
      membersOf: (topic) => this.#membersOf(topic),
      assign: (topic, queues) => this.#assignment.assign(topic, queues),
      onUnknownHere: () => this.#onUnknownHere(),
      onError: (topic, error) => {
        session.report(`dividing the queues of ${topic}`, error);
        this.#again();
      },
    });
    session.dispatcher.registerTyped(notifyConsumerIdsChanged, (context, request) => {
      if (request.consumerGroup === group && this.#state === 'started') this.#onMembersChanged();
      context.reply(ResponseCode.SUCCESS);
    });
    session.dispatcher.registerTyped(resetConsumerClientOffset, (context) => this.#onReset(context));
  }

  get clientId(): string {
    return this.#session.clientId;
  }

  /** The queues that this consumer reads now. */
  get queues(): readonly MessageQueue[] {
    return this.#assignment.queues();
  }

  /** Listens to an event of this consumer; returns the function that stops it. */
  on<Name extends keyof ClientEvents>(name: Name, listener: EventListener<ClientEvents[Name]>): () => void {
    return this.#session.events.on(name, listener);
  }

  /** Subscribes to a topic: `*` for all messages, or tags such as `TagA || TagB`. Before or after the start; throws a `ClientError`. */
  subscribe(topic: string, expression = '*'): void {
    const problem = topicProblem(topic);
    if (problem !== undefined) throw new ClientError('invalid-argument', problem);
    this.#subscribe(topic, expression);
    if (this.#state !== 'started') return;
    this.#session.heartbeatAll();
    void this.#rebalancer.run();
  }

  /**
   * Starts to consume. Resolves when the queues were divided for the first time; if no server answered by then, it is tried again in the
   * background, and `error` events tell. A signal ends the wait, not the consumer.
   */
  async start(listener: MessageListener, options: AbortOptions = {}): Promise<void> {
    if (this.#state !== 'new') throw new ClientError('closed', 'a consumer can be started once.');
    if (this.#subscriptions.size === 0) throw new ClientError('invalid-argument', 'subscribe to a topic first.');
    this.#state = 'started';
    const { group, mode, concurrency, persistMs, rebalanceMs } = this.#settings;
    if (mode === 'clustering') this.#subscribe(RETRY_PREFIX + group, '*');
    const pool = new ConsumePool(listener, concurrency, () => this.#session.platform.clock.nowMs());
    this.#service = new ConsumeService(this.#session, this.#settings, this.#assignment, pool);
    this.#session.start(() => this.#heartbeat());
    const { timers } = this.#session.platform;
    this.#timers.push(
      timers.every(persistMs, () => void this.#assignment.save(false)),
      timers.every(rebalanceMs, () => void this.#rebalancer.run()),
    );
    await abortable(this.#rebalancer.run(), options, 'the start');
  }

  /**
   * Stops pulling, waits for running listeners (up to `graceMs`; they are told by their signal), stores the progress, says goodbye and
   * closes all connections. Ends within `graceMs` plus about three seconds; never rejects.
   */
  async close(graceMs = 3_000): Promise<void> {
    if (this.#state === 'closed') return;
    const started = this.#state === 'started';
    this.#state = 'closed';
    const { timers } = this.#session.platform;
    for (const timer of this.#timers) timers.cancel(timer);
    if (this.#againTimer !== undefined) timers.cancel(this.#againTimer);
    this.#rebalancer.stop();
    this.#assignment.stopReading();
    await this.#service?.close(graceMs);
    if (started) await this.#within(2_000, this.#assignment.save(true));
    await this.#session.close({ consumerGroup: this.#settings.group });
  }

  #subscribe(topic: string, expression: string): void {
    const subscription = parseSubscription(topic, expression, this.#session.platform.clock.nowMs());
    if (typeof subscription === 'string') throw new ClientError('invalid-argument', subscription);
    this.#subscriptions.set(topic, subscription);
  }

  #heartbeat() {
    const { group, mode, consumeFrom } = this.#settings;
    const consumer = {
      groupName: group,
      consumeType: 'CONSUME_PASSIVELY',
      messageModel: mode === 'clustering' ? 'CLUSTERING' : 'BROADCASTING',
      consumeFromWhere: consumeFromName(consumeFrom),
      subscriptionDataSet: [...this.#subscriptions.values()],
      unitMode: false,
    };
    return { producerDataSet: [], consumerDataSet: [consumer] };
  }

  #makeReader(queue: MessageQueue, offset: number): QueueReader {
    const { clock, timers } = this.#session.platform;
    const { limits, mode } = this.#settings;
    return new QueueReader(queue, offset, {
      clock,
      timers,
      pull: this.#pull.pull,
      limits,
      commitsOnPull: mode === 'clustering',
      handlers: {
        onMessages: (reader, messages) => this.#service?.consume(reader, messages),
        onMoved: (reader) => void this.#assignment.save(true, [reader]),
        onFailure: (_reader, error) => this.#session.report(`pulling ${queue.topic}`, error),
      },
    });
  }

  async #queuesOf(topic: string): Promise<readonly MessageQueue[] | undefined> {
    const { routes } = this.#session;
    const known = routes.get(topic) !== undefined;
    const route = await routes.load(topic);
    if (route === undefined && !topic.startsWith(RETRY_PREFIX)) this.#again();
    if (!known && route !== undefined) await this.#session.greetNew();
    return route?.readQueues;
  }

  async #membersOf(topic: string): Promise<readonly string[] | undefined> {
    const members = await groupMembers(this.#session, this.#settings.group, topic);
    if (members === undefined) this.#again();
    return members;
  }

  /** Stores progress first, so that a new owner of a queue repeats as little as possible. */
  #onMembersChanged(): void {
    void this.#assignment.save(false);
    void this.#rebalancer.run();
  }

  #onUnknownHere(): void {
    this.#session.heartbeatAll();
    this.#again();
  }

  /** Divides again soon, at growing distances, because something was missing. */
  #again(): void {
    if (this.#againTimer !== undefined || this.#state !== 'started') return;
    this.#againTimer = this.#session.platform.timers.after(this.#againMs, () => {
      this.#againTimer = undefined;
      void this.#rebalancer.run().then(() => {
        if (this.#againTimer === undefined) this.#againMs = FIRST_AGAIN_MS;
      });
    });
    this.#againMs = Math.min(this.#settings.rebalanceMs, this.#againMs * 2);
  }

  /** An administrator moved the group's offsets. */
  #onReset(context: RequestContext): void {
    const body = resetOffsetBody.decode(context.command.body);
    if (body instanceof BodyError) {
      context.reply(ResponseCode.SYSTEM_ERROR, body.message);
      return;
    }
    for (const [queue, offset] of body.offsetTable) this.#assignment.reader(queue)?.moveTo(offset);
    context.reply(ResponseCode.SUCCESS);
  }

  async #within(limitMs: number, work: Promise<void>): Promise<void> {
    const { timers } = this.#session.platform;
    await new Promise<void>((resolve) => {
      const timer = timers.after(limitMs, resolve);
      void work.then(() => {
        timers.cancel(timer);
        resolve();
      });
    });
  }
}
