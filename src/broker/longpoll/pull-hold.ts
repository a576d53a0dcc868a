import { Heap } from '../../base/heap.ts';
import type { Clock, Timer, Timers } from '../../platform/ports.ts';
import type { MessageFilter } from '../../store/get-result.ts';
import type { ArrivalListener } from '../../store/message-store.ts';

/** A pull that found nothing and waits for messages. */
export interface HeldPull {
  readonly topic: string;
  readonly queueId: number;
  /** Messages at or behind this offset are awaited. */
  readonly offset: number;
  readonly filter: MessageFilter | undefined;
  /** Monotonic milliseconds at which it is answered in any case. */
  readonly deadlineMs: number;
  readonly closed: boolean;
  /** Looks again and answers. Called at most once. */
  resume(): void;
}

/** An entry that was woken stays in the heap until its deadline: it keeps nothing alive by then. */
interface Entry {
  pull: HeldPull | undefined;
  readonly key: string;
  readonly deadlineMs: number;
}

/** Deadlines are kept to about this many milliseconds, so that many held requests share one timer. */
const GRAIN_MS = 50;

/**
 * Long polling (PullRequestHoldService.java): holds pulls until a message for them reaches their queue, or until their time is over.
 */
export class PullHold implements ArrivalListener {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #maxHeld: number;
  readonly #queues = new Map<string, Entry[]>();
  readonly #deadlines = new Heap<Entry>((a, b) => a.deadlineMs < b.deadlineMs);
  #held = 0;
  #timer: Timer | undefined;
  #timerAtMs = 0;

  constructor(clock: Clock, timers: Timers, maxHeld: number) {
    this.#clock = clock;
    this.#timers = timers;
    this.#maxHeld = maxHeld;
  }

  /** Number of requests that wait now. */
  get size(): number {
    return this.#held;
  }

  /** False if too many wait already: the caller then answers at once. */
  hold(pull: HeldPull): boolean {
    if (this.#held >= this.#maxHeld) return false;
    const key = queueKey(pull.topic, pull.queueId);
    const entry: Entry = { pull, key, deadlineMs: pull.deadlineMs };
    const waiting = this.#queues.get(key);
    if (waiting === undefined) this.#queues.set(key, [entry]);
    else waiting.push(entry);
    this.#deadlines.push(entry);
    this.#held++;
    this.#arm();
    return true;
  }

  messagesArrived(topic: string, queueId: number, maxOffset: number, tagsCode: number | undefined): void {
    if (this.#held === 0) return;
    const key = queueKey(topic, queueId);
    const waiting = this.#queues.get(key);
    if (waiting === undefined) return;
    const woken: Entry[] = [];
    const left: Entry[] = [];
    for (const entry of waiting) {
      if (wakes(entry.pull, maxOffset, tagsCode)) woken.push(entry);
      else left.push(entry);
    }
    if (woken.length === 0) return;
    if (left.length === 0) this.#queues.delete(key);
    else this.#queues.set(key, left);
    for (const entry of woken) this.#resume(entry);
  }

  /** Gives the places of closed connections to others: their own deadlines may be minutes away. */
  dropClosed(): void {
    for (const [key, waiting] of this.#queues) {
      const open = waiting.filter(({ pull }) => pull !== undefined && !pull.closed);
      if (open.length === waiting.length) continue;
      if (open.length === 0) this.#queues.delete(key);
      else this.#queues.set(key, open);
      for (const entry of waiting) if (entry.pull?.closed === true) this.#resume(entry);
    }
  }

  /** Answers everything that waits, as at a stop. */
  resumeAll(): void {
    const entries = [...this.#queues.values()].flat();
    this.#queues.clear();
    for (const entry of entries) this.#resume(entry);
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
    this.#timer = undefined;
  }

  #resume(entry: Entry): void {
    const { pull } = entry;
    if (pull === undefined) return;
    entry.pull = undefined;
    this.#held--;
    if (!pull.closed) pull.resume();
  }

  #arm(): void {
    let next = this.#deadlines.peek();
    while (next !== undefined && next.pull === undefined) {
      this.#deadlines.pop();
      next = this.#deadlines.peek();
    }
    if (next === undefined) return;
    const atMs = next.deadlineMs;
    if (this.#timer !== undefined && this.#timerAtMs <= atMs) return;
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
    this.#timerAtMs = Math.max(atMs, this.#clock.monotonicMs() + GRAIN_MS);
    this.#timer = this.#timers.after(this.#timerAtMs - this.#clock.monotonicMs(), this.#expire);
  }

  readonly #expire = (): void => {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (let top = this.#deadlines.peek(); top !== undefined; top = this.#deadlines.peek()) {
      if (top.pull !== undefined && top.deadlineMs > nowMs) break;
      this.#deadlines.pop();
      if (top.pull === undefined) continue;
      this.#forget(top);
      this.#resume(top);
    }
    this.#arm();
  };

  #forget(entry: Entry): void {
    const waiting = this.#queues.get(entry.key)?.filter((other) => other !== entry) ?? [];
    if (waiting.length === 0) this.#queues.delete(entry.key);
    else this.#queues.set(entry.key, waiting);
  }
}

/** A closed connection is let go at the first occasion. */
function wakes(pull: HeldPull | undefined, maxOffset: number, tagsCode: number | undefined): boolean {
  if (pull === undefined || pull.closed) return true;
  const { offset, filter } = pull;
  if (maxOffset <= offset) return false;
  return filter === undefined || tagsCode === undefined || filter.matchesTagsCode(tagsCode);
}

function queueKey(topic: string, queueId: number): string {
  return `${topic}:${queueId}`;
}
