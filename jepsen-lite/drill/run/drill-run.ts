import type { Look } from '../../live/chaos/look.ts';
import { figuresOf, oldestOpenMs, type SendFigures, sendsOf } from '../measure/sends.ts';
import type { Plan } from '../plan/plan.ts';
import type { DrillTarget, TargetLook } from '../target/drill-target.ts';
import type { DrillClients } from './drill-clients.ts';

/** What the journal of a drill holds, one a line. */
export interface JournalEvent {
  readonly event: string;
  readonly [detail: string]: unknown;
}

/** The drill stops: in one sentence why. */
export class DrillStopped extends Error {
  readonly kind: 'aborted' | 'interrupted' | 'not-steady';

  constructor(kind: DrillStopped['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The drill itself cannot go on: in one sentence why. Nothing is reported of it. */
export class DrillFailure extends Error {}

export interface DrillRunOptions {
  readonly plan: Plan;
  readonly target: DrillTarget;
  readonly clients: DrillClients;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  readonly journal: (event: JournalEvent) => void;
  readonly onLook: (look: Look) => void;
  /** Shows a step for people, and resolves when they have done it. */
  readonly onNote: (note: string, signal: AbortSignal) => Promise<void>;
}

const LOOK_MS = 200;
const MS_PER_SECOND = 1_000;
/** The share of failed sends and the p99 that abort a drill are taken over so long. */
const ABORTS_OVER_MS = 5_000;
/** Sends that are slower than their timeout do not exist, nearly. */
const SLACK_MS = 1_000;

/** What the parts of a running drill share: its target, its clients, its clock, and how to wait. */
export class DrillRun {
  readonly plan: Plan;
  readonly target: DrillTarget;
  readonly clients: DrillClients;
  readonly nowMs: () => number;
  readonly journal: (event: JournalEvent) => void;
  readonly #options: DrillRunOptions;
  #last: TargetLook = { leader: undefined, term: 0, problem: 'it was not looked at' };
  /** Acknowledgements at the last look that brought new ones, and when that was. */
  #acknowledgedBefore = 0;
  #acknowledgedAtMs = 0;

  constructor(options: DrillRunOptions) {
    this.plan = options.plan;
    this.target = options.target;
    this.clients = options.clients;
    this.nowMs = options.nowMs;
    this.journal = options.journal;
    this.#options = options;
    this.#acknowledgedAtMs = this.nowMs();
  }

  /** What was seen last. */
  get last(): TargetLook {
    return this.#last;
  }

  /** Figures of the sends that ended in the last so many milliseconds. */
  recent(forMs: number): SendFigures {
    const nowMs = this.nowMs();
    return figuresOf(sendsOf(this.clients.history, this.#firstIdOf(forMs)), nowMs - forMs, nowMs);
  }

  /** How long the oldest send without an end is under way. */
  get oldestSendMs(): number {
    return oldestOpenMs(this.clients.history, this.#firstIdOf(0), this.nowMs());
  }

  /** No send that ended in the last so many milliseconds, or has no end yet, comes before it in the history. */
  #firstIdOf(forMs: number): number {
    const { rate, sendTimeoutMs } = this.plan.load;
    const most = Math.ceil((rate * 2 * (forMs + sendTimeoutMs + SLACK_MS)) / MS_PER_SECOND);
    return Math.max(0, this.clients.history.size - most);
  }

  /** Waits until the condition is true; false if the time was up before. Throws `DrillStopped` and `DrillFailure`. */
  async until(phase: string, timeoutMs: number, condition: () => boolean): Promise<boolean> {
    const deadlineMs = this.nowMs() + timeoutMs;
    for (;;) {
      const before = this.#last;
      this.#last = await this.target.look();
      if (before.leader !== this.#last.leader || before.term !== this.#last.term)
        this.journal({ event: 'leader', leader: this.#last.leader ?? null, term: this.#last.term });
      const { leader, term } = this.#last;
      const leftMs = Math.max(0, deadlineMs - this.nowMs());
      this.#options.onLook({
        phase,
        leader,
        term: term || undefined,
        counts: this.clients.counts,
        faults: this.target.faults.active,
        leftMs,
      });
      this.#stopIfItMust();
      if (condition()) return true;
      if (this.nowMs() >= deadlineMs) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Waits for people. Throws `DrillStopped`. */
  async step(note: string): Promise<void> {
    this.journal({ event: 'note', text: note });
    await this.#options.onNote(note, this.#options.signal);
    this.#stopIfItMust();
  }

  /** Throws `DrillFailure` where the target could not be hurt or healed as the plan says. */
  failIfItMust(): void {
    const { failure } = this.target;
    if (failure === undefined) return;
    this.journal({ event: 'failed', why: failure.message });
    throw new DrillFailure(failure.message);
  }

  #stopIfItMust(): void {
    this.failIfItMust();
    if (this.#options.signal.aborted) throw new DrillStopped('interrupted', 'the drill was interrupted');
    const { refused } = this.target.faults;
    if (refused !== undefined) throw new DrillStopped('aborted', refused);
    const { stallMs, maxLag } = this.plan.abort;
    const { acknowledged } = this.clients.counts;
    if (acknowledged !== this.#acknowledgedBefore) {
      this.#acknowledgedBefore = acknowledged;
      this.#acknowledgedAtMs = this.nowMs();
    }
    const stalledMs = this.nowMs() - this.#acknowledgedAtMs;
    if (stalledMs > stallMs)
      throw new DrillStopped(
        'aborted',
        `no message was acknowledged for ${stalledMs.toFixed(0)} ms (abort.stallMs ${stallMs})`,
      );
    this.#stopIfSendsAreBad();
    if (this.clients.lag > maxLag)
      throw new DrillStopped('aborted', `the consumer lags by ${this.clients.lag} messages (abort.maxLag ${maxLag})`);
  }

  #stopIfSendsAreBad(): void {
    const { maxErrorShare = 1, maxP99Ms = Number.POSITIVE_INFINITY } = this.plan.abort;
    if (maxErrorShare >= 1 && maxP99Ms === Number.POSITIVE_INFINITY) return;
    const { acknowledged, refused, unknown, p99Ms } = this.recent(ABORTS_OVER_MS);
    const share = (refused + unknown) / Math.max(1, acknowledged + refused + unknown);
    if (share > maxErrorShare)
      throw new DrillStopped(
        'aborted',
        `${(share * 100).toFixed(0)} % of the sends failed (abort.maxErrorShare ${maxErrorShare})`,
      );
    if (acknowledged > 0 && p99Ms > maxP99Ms)
      throw new DrillStopped('aborted', `p99 of the sends is ${p99Ms.toFixed(0)} ms (abort.maxP99Ms ${maxP99Ms})`);
  }
}
