import type { ClientSession } from '../client-session.ts';
import { ClientError, type SendError } from '../errors.ts';
import { chooseMember } from '../route/choose-member.ts';
import { TopicRoute } from '../route/topic-route.ts';
import { AUTO_CREATE_TOPIC, type PreparedSend } from './prepare-send.ts';
import { nextQueue, type QueueWish, queueOfKey, selectQueue } from './queue-choice.ts';
import { SendGate } from './send-gate.ts';
import { type SendContext, type SendDone, SendOperation } from './send-operation.ts';

/** Longest wait for one answer. */
const MAX_ATTEMPT_MS = 1_000;
const PROVISIONAL_REFRESH_MS = 1_000;

export interface SendLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** All messages of one client that are on their way, and what they share. */
export class SendEngine implements SendContext {
  readonly session: ClientSession;
  readonly retries: number;
  readonly attemptMs = MAX_ATTEMPT_MS;
  readonly #autoCreateQueues: number;
  readonly #operations = new Set<SendOperation>();
  readonly #gates = new Map<string, SendGate>();
  #turn: number;
  #whenIdle: (() => void) | undefined;

  constructor(session: ClientSession, options: { readonly retries: number; readonly autoCreateQueues: number }) {
    this.session = session;
    this.retries = options.retries;
    this.#autoCreateQueues = options.autoCreateQueues;
    this.#turn = session.platform.random.below(1_000);
  }

  /** Sends a message; `done` is called once. */
  begin(prepared: PreparedSend, wish: QueueWish, limits: SendLimits, done: SendDone): void {
    const deadlineMs = this.session.platform.clock.monotonicMs() + limits.timeoutMs;
    const operation = new SendOperation(this, prepared, wish, { deadlineMs, signal: limits.signal }, done);
    this.#operations.add(operation);
    operation.start();
  }

  /** Sends a message without waiting for an answer; false if the route names nobody to send it to. Rejects if no name server answers, or the selector fails. */
  async oneway(prepared: PreparedSend, wish: QueueWish): Promise<boolean> {
    const { routes, faults, slaves, platform, remoting } = this.session;
    const route = routes.get(prepared.topic) ?? (await this.findRoute(prepared.topic));
    if (route === undefined) return false;
    const nowMs = platform.clock.monotonicMs();
    const { sendQueues } = route;
    const selected =
      wish.queue === undefined && wish.selector !== undefined && sendQueues.length > 0
        ? selectQueue(sendQueues, wish.selector)
        : wish.queue;
    if (typeof selected === 'string') throw new ClientError('invalid-argument', selected);
    const queue =
      selected ??
      (wish.key === undefined
        ? nextQueue(route, this.nextTurn(), faults, nowMs, undefined, slaves)
        : queueOfKey(sendQueues, wish.key));
    const member = queue && chooseMember(route, queue.brokerName, faults, nowMs, undefined, slaves);
    if (queue === undefined || member === undefined) return false;
    remoting.oneway(member.address, prepared.code, prepared.fields(queue), prepared.body);
    return true;
  }

  /** Waits until nothing is on its way, at most `graceMs`; what is left then fails as `closed`. */
  async close(graceMs: number): Promise<void> {
    if (this.#operations.size > 0 && graceMs > 0) await this.#untilIdle(graceMs);
    for (const operation of [...this.#operations]) operation.abandon('closed', 'the client was closed');
  }

  nextTurn(): number {
    return this.#turn++;
  }

  gate(brokerName: string): SendGate {
    let gate = this.#gates.get(brokerName);
    if (gate === undefined) {
      const { clock, timers } = this.session.platform;
      gate = new SendGate(clock, timers);
      this.#gates.set(brokerName, gate);
    }
    return gate;
  }

  onStored(brokerName: string): void {
    if (this.#gates.size > 0) this.#gates.get(brokerName)?.open();
  }

  onEnd(operation: SendOperation): void {
    this.#operations.delete(operation);
    if (this.#operations.size === 0) this.#whenIdle?.();
  }

  /** The topic's route; for a topic that nobody has, one made from that of the topic from which a broker would create it. */
  async findRoute(topic: string): Promise<TopicRoute | undefined> {
    const { routes } = this.session;
    const route = await routes.load(topic);
    if (route !== undefined) return route;
    const template = await routes.load(AUTO_CREATE_TOPIC);
    if (template === undefined) return undefined;
    const queues = template.queues.map((each) => {
      const count = Math.min(this.#autoCreateQueues, each.readQueueNums);
      return { ...each, readQueueNums: count, writeQueueNums: count };
    });
    const provisional = new TopicRoute(topic, [...template.groups.values()], queues);
    routes.putProvisional(provisional);
    this.#replaceSoon(topic);
    return provisional;
  }

  #replaceSoon(topic: string): void {
    const { session } = this;
    session.platform.timers.after(PROVISIONAL_REFRESH_MS, () => {
      if (session.closed) return;
      session.routes.refresh(topic).catch((error: Error) => session.report(`refreshing the route of ${topic}`, error));
    });
  }

  #untilIdle(graceMs: number): Promise<void> {
    const { timers } = this.session.platform;
    return new Promise((resolve) => {
      const timer = timers.after(graceMs, resolve);
      this.#whenIdle = () => {
        timers.cancel(timer);
        resolve();
      };
    });
  }
}

/** `begin` for callers that want a promise. */
export function rejectOrResolve<Result>(
  resolve: (result: Result) => void,
  reject: (error: SendError | undefined) => void,
): (error: SendError | undefined, result: Result | undefined) => void {
  return (error, result) => (result === undefined ? reject(error) : resolve(result));
}
