import type { Clock, Timer, Timers } from '../platform/ports.ts';
import type { RemotingCommand } from '../protocol/remoting-command.ts';

/**
 * Why a request has no answer. `connect-failed`: it was certainly not sent. `timeout`, `closed` (the connection or the client closed) and `garbage` (bytes
 * came that are no frame: it is no server of this protocol): whether the other side acted on it is unknown.
 */
export type InvokeFailure = 'connect-failed' | 'timeout' | 'closed' | 'garbage';

/** Called exactly once per request, never within the call that sent it: with a response (of any code), or with a failure. */
export type InvokeDone = (response: RemotingCommand | undefined, failure: InvokeFailure | undefined) => void;

interface Pending {
  readonly done: InvokeDone;
  readonly deadlineMs: number;
}

/** Shortest pause between two searches for requests that are overdue. */
const minSearchMs = 10;

/**
 * Requests of ours that wait for a response on one connection, with one timer for all. The timer stands at a lower bound of the deadlines;
 * when it fires, the overdue ones are searched: about once per timeout, not once per request.
 */
export class PendingRequests {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #onTimeout: () => void;
  readonly #pending = new Map<number, Pending>();
  readonly #fire = () => this.#expire();
  #opaque = 0;
  #timer: Timer | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;

  /** `onTimeout` is called after requests were given up for their timeout. */
  constructor(clock: Clock, timers: Timers, onTimeout: () => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#onTimeout = onTimeout;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** A number for a request that expects no answer, or for the next one that does: positive, since ali-ons takes 0 for missing. */
  nextOpaque(): number {
    this.#opaque = this.#opaque === 0x7fff_ffff ? 1 : this.#opaque + 1;
    return this.#opaque;
  }

  /** Enters a request and gives its opaque. */
  add(timeoutMs: number, done: InvokeDone): number {
    let opaque = this.nextOpaque();
    while (this.#pending.has(opaque)) opaque = this.nextOpaque();
    const deadlineMs = this.#clock.monotonicMs() + timeoutMs;
    this.#pending.set(opaque, { done, deadlineMs });
    if (deadlineMs < this.#timerAtMs) this.#arm(deadlineMs);
    return opaque;
  }

  /** Hands a response to whoever waits for it; a late or unknown one is dropped. */
  answer(response: RemotingCommand): void {
    const pending = this.#pending.get(response.opaque);
    if (pending === undefined) return;
    this.#pending.delete(response.opaque);
    pending.done(response, undefined);
  }

  /** Ends all that wait. */
  failAll(failure: InvokeFailure): void {
    this.#disarm();
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const { done } of all) done(undefined, failure);
  }

  #expire(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    let nextMs = Number.POSITIVE_INFINITY;
    const overdue: InvokeDone[] = [];
    for (const [opaque, { done, deadlineMs }] of this.#pending) {
      if (deadlineMs > nowMs) {
        nextMs = Math.min(nextMs, deadlineMs);
        continue;
      }
      this.#pending.delete(opaque);
      overdue.push(done);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#arm(Math.max(nextMs, nowMs + minSearchMs));
    for (const done of overdue) done(undefined, 'timeout');
    if (overdue.length > 0) this.#onTimeout();
  }

  #arm(atMs: number): void {
    this.#disarm();
    this.#timerAtMs = atMs;
    this.#timer = this.#timers.after(atMs - this.#clock.monotonicMs(), this.#fire);
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
  }
}
