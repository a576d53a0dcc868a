import type { Timer } from '../../platform/ports.ts';
import type { RemotingCommand } from '../../protocol/remoting-command.ts';
import type { InvokeFailure } from '../../remoting/pending-requests.ts';
import type { ClientSession } from '../client-session.ts';
import { type ClientErrorCode, type SendAttempt, SendError } from '../errors.ts';
import type { MessageQueue } from '../message-queue.ts';
import { chooseMember } from '../route/choose-member.ts';
import type { TopicRoute } from '../route/topic-route.ts';
import type { PreparedSend } from './prepare-send.ts';
import { nextQueue, type QueueWish, queueOfKey, selectQueue } from './queue-choice.ts';
import type { GateWaiter, SendGate } from './send-gate.ts';
import { isStored, judgeAnswer, judgeSilence, type Verdict } from './send-policy.ts';
import { readSendResult, type SendResult } from './send-result.ts';

/** Longest wait for a route before the next member is tried anyway. */
const ROUTE_PATIENCE_MS = 100;
const NOBODY: ReadonlySet<string> = new Set();

/** What all sends of one producer share. */
export interface SendContext {
  readonly session: ClientSession;
  /** How often a send is repeated after an answer that will hardly change. */
  readonly retries: number;
  /** Longest wait for one answer. */
  readonly attemptMs: number;
  /** The next number for going round the queues. */
  nextTurn(): number;
  /** Finds the route of a topic that is not known yet; undefined if there is none. */
  findRoute(topic: string): Promise<TopicRoute | undefined>;
  /** The waiting room of a broker group of which no member can take a message now. */
  gate(brokerName: string): SendGate;
  /** A member of the group has stored a message. */
  onStored(brokerName: string): void;
  /** Called once when the operation has ended. */
  onEnd(operation: SendOperation): void;
}

/** Called once with either of the two. */
export type SendDone = (error: SendError | undefined, result: SendResult | undefined) => void;

/**
 * One message (or batch) on its way: attempts at one member after another until an answer counts, the time is up, or the caller gives
 * up. Without failures it costs one request: no timer and no promise.
 */
export class SendOperation implements GateWaiter {
  readonly deadlineMs: number;
  readonly #context: SendContext;
  readonly #prepared: PreparedSend;
  readonly #wish: QueueWish;
  readonly #done: SendDone;
  readonly #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;
  #attempts: SendAttempt[] | undefined;
  #counted = 0;
  /** Members asked since the last pause. */
  #tried: Set<string> | undefined;
  #gate: SendGate | undefined;
  #queue: MessageQueue | undefined;
  #address = '';
  #timer: Timer | undefined;
  #inFlight = false;
  #ended = false;

  constructor(
    context: SendContext,
    prepared: PreparedSend,
    wish: QueueWish,
    limits: { readonly deadlineMs: number; readonly signal: AbortSignal | undefined },
    done: SendDone,
  ) {
    this.#context = context;
    this.#prepared = prepared;
    this.#wish = wish;
    this.deadlineMs = limits.deadlineMs;
    this.#signal = limits.signal;
    this.#done = done;
  }

  start(): void {
    const signal = this.#signal;
    if (signal !== undefined) {
      this.#onAbort = () => this.#fail('aborted', 'the caller aborted it');
      signal.addEventListener('abort', this.#onAbort, { once: true });
      if (signal.aborted) this.#onAbort();
    }
    if (this.#ended) return;
    if (this.#context.session.routes.get(this.#prepared.topic) !== undefined) this.#attempt();
    else this.#findRoute();
  }

  /** Ends the send without a result, for instance because the producer closes. */
  abandon(code: ClientErrorCode, why: string): void {
    this.#fail(code, why);
  }

  #findRoute(): void {
    this.#timer = this.#after(this.#leftMs(), () => this.#fail('timeout', 'no name server told the route in time'));
    this.#context.findRoute(this.#prepared.topic).then(
      (route) => {
        if (this.#ended) return;
        this.#cancelTimer();
        if (route === undefined)
          this.#fail('no-route', 'the name server knows no route for the topic, and it may not be created');
        else this.#attempt();
      },
      (error: Error) => this.#fail('no-name-server', error.message),
    );
  }

  #attempt(): void {
    const { session, attemptMs } = this.#context;
    const nowMs = session.platform.clock.monotonicMs();
    const leftMs = this.deadlineMs - nowMs;
    if (leftMs <= 0) {
      this.expire();
      return;
    }
    const queue = this.#chooseQueue(nowMs);
    if (this.#ended) return;
    const route = session.routes.get(this.#prepared.topic);
    const tried = this.#tried ?? NOBODY;
    const member =
      queue && route && chooseMember(route, queue.brokerName, session.faults, nowMs, tried, session.slaves);
    if (queue === undefined || member === undefined) {
      this.#pause(queue?.brokerName ?? '');
      return;
    }
    this.#queue = queue;
    this.#address = member.address;
    this.#inFlight = true;
    const { code, body } = this.#prepared;
    const fields = this.#prepared.fields(queue);
    session.remoting.invoke(member.address, code, fields, body, Math.min(attemptMs, leftMs), this.#onAnswer);
  }

  #chooseQueue(nowMs: number): MessageQueue | undefined {
    const { queue, selector, key } = this.#wish;
    if (queue !== undefined) return queue;
    const { session } = this.#context;
    const route = session.routes.get(this.#prepared.topic);
    if (route === undefined || route.sendQueues.length === 0) return undefined;
    if (key !== undefined) return queueOfKey(route.sendQueues, key);
    if (selector === undefined) {
      return nextQueue(
        route,
        this.#context.nextTurn(),
        session.faults,
        nowMs,
        this.#attempts && this.#queue?.brokerName,
        session.slaves,
      );
    }
    const selected = selectQueue(route.sendQueues, selector);
    if (typeof selected === 'object') return selected;
    this.#fail('invalid-argument', selected);
    return undefined;
  }

  readonly #onAnswer = (response: RemotingCommand | undefined, failure: InvokeFailure | undefined): void => {
    if (this.#ended) return;
    this.#inFlight = false;
    const queue = this.#queue as MessageQueue;
    if (response === undefined) {
      this.#retry(judgeSilence(failure), undefined);
    } else if (isStored(response.code)) {
      this.#context.session.faults.succeeded(this.#address);
      this.#context.onStored(queue.brokerName);
      this.#finish(undefined, readSendResult(response, this.#prepared, queue, (this.#attempts?.length ?? 0) + 1));
    } else {
      this.#retry(judgeAnswer(response), response.code);
    }
  };

  #retry(verdict: Verdict, code: number | undefined): void {
    const { session, retries } = this.#context;
    const { outcome, reason, fault, action } = verdict;
    const nowMs = session.platform.clock.monotonicMs();
    this.#attempts ??= [];
    this.#attempts.push({ address: this.#address, brokerName: this.#queue?.brokerName ?? '', outcome, code, reason });
    if (verdict.isSlave === true) session.slaves.found(this.#address, nowMs);
    else if (fault !== undefined) session.faults.failed(this.#address, fault, nowMs);
    if (action === 'count') this.#counted++;
    if (action === 'fail' || this.#counted > retries) {
      this.#fail('refused', reason, code, action !== 'fail');
    } else if (this.deadlineMs <= nowMs) {
      this.#fail('timeout', reason, code);
    } else {
      this.#emitRetry(reason);
      this.#tried ??= new Set();
      this.#tried.add(this.#address);
      // A busy leader is as busy for those who hand messages on to it.
      if (action === 'repeat' && fault === undefined) this.#pause(this.#queue?.brokerName ?? '');
      else this.#askRoute();
    }
  }

  /** Looks up the route again, for a short while, and then tries the next member. */
  #askRoute(): void {
    const { session } = this.#context;
    let waiting = true;
    const goOn = () => {
      if (!waiting || this.#ended) return;
      waiting = false;
      this.#cancelTimer();
      this.#attempt();
    };
    this.#timer = this.#after(Math.min(ROUTE_PATIENCE_MS, this.#leftMs()), goOn);
    session.routes.refreshElsewhere(this.#prepared.topic).then(goOn, goOn);
  }

  /** Waits until somebody finds the group serving, or it is this message's turn to look. */
  #pause(brokerName: string): void {
    this.#tried = undefined;
    this.#gate = this.#context.gate(brokerName);
    this.#gate.wait(this);
  }

  /** For the gate. */
  look(): void {
    this.#gate = undefined;
    this.#askRoute();
  }

  /** For the gate. */
  proceed(): void {
    this.#gate = undefined;
    this.#attempt();
  }

  /** For the gate, and for whoever finds that the time is up. */
  expire(): void {
    const last = this.#attempts?.at(-1);
    this.#fail('timeout', last?.reason ?? 'the route names no broker to write to', last?.code);
  }

  #emitRetry(reason: string): void {
    const { events } = this.#context.session;
    if (!events.has('send-retry')) return;
    const { topic, messageId } = this.#prepared;
    const attempt = this.#attempts?.length ?? 0;
    events.emit('send-retry', { topic, messageId, attempt, address: this.#address, reason });
  }

  #fail(code: ClientErrorCode, why: string, responseCode?: number, retryable?: boolean): void {
    if (this.#ended) return;
    const { topic, messageId } = this.#prepared;
    const attempts = this.#attempts ?? [];
    if (this.#inFlight) {
      const brokerName = this.#queue?.brokerName ?? '';
      attempts.push({ address: this.#address, brokerName, outcome: 'unknown', code: undefined, reason: why });
    }
    const text = `message ${messageId} to topic ${topic} was not acknowledged after ${attempts.length} attempts: ${why}`;
    const details = { messageId, attempts, responseCode, retryable };
    this.#finish(new SendError(code, text, details), undefined);
  }

  #finish(error: SendError | undefined, result: SendResult | undefined): void {
    this.#ended = true;
    this.#cancelTimer();
    this.#gate?.leave(this);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#context.onEnd(this);
    this.#done(error, result);
  }

  #leftMs(): number {
    return Math.max(0, this.deadlineMs - this.#context.session.platform.clock.monotonicMs());
  }

  #after(delayMs: number, callback: () => void): Timer {
    return this.#context.session.platform.timers.after(delayMs, callback);
  }

  #cancelTimer(): void {
    if (this.#timer !== undefined) this.#context.session.platform.timers.cancel(this.#timer);
    this.#timer = undefined;
  }
}
