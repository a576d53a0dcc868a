import { type Replica, type ReplicaStatus, takeoverProblem } from '../../raft/index.ts';
import type { Clock, Logger, Timer, Timers } from '../../src/platform/ports.ts';

const CHECK_MS = 1_000;
/** So long the preferred member has to be fit before it is given leadership. */
const FIT_MS = 30_000;
/** It begins to lead at most once in this time, whoever made it lead. */
const REST_MS = 300_000;

export interface PreferredLeaderOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly replica: Replica;
  /** [preferredLeaderId]; '' = none. */
  readonly preferred: string;
  /** Acknowledgements mean "fsynced": a member whose disk is slow lags in that. */
  readonly syncFlush: boolean;
}

/**
 * Hands leadership to the preferred member (raft/SAFETY.md 4): only when it was whole and without lag for 30 s, which one with a slow disk is not, and at most
 * once in 5 minutes.
 */
export class PreferredLeader {
  readonly #options: PreferredLeaderOptions;
  #timer: Timer | undefined;
  #fitSinceMs: number | undefined;
  #notBeforeMs = 0;
  #led = false;
  /** Commit index at the last look: what a member without lag has by now. */
  #commitBefore = Number.MAX_SAFE_INTEGER;
  #warned = false;

  constructor(options: PreferredLeaderOptions) {
    this.#options = options;
  }

  start(): void {
    const { timers, replica, preferred } = this.#options;
    if (preferred !== '') this.#timer = timers.every(CHECK_MS, () => this.#look(replica.status()));
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.timers.cancel(this.#timer);
  }

  #look(status: ReplicaStatus): void {
    const { clock, preferred } = this.#options;
    const nowMs = clock.monotonicMs();
    const leads = status.leader === preferred;
    if (leads && !this.#led) this.#notBeforeMs = nowMs + REST_MS;
    this.#led = leads;
    const isFit = status.role === 'leader' && status.ready && status.id !== preferred && this.#isFit(status);
    this.#commitBefore = status.commitIndex;
    if (!isFit) this.#fitSinceMs = undefined;
    else this.#fitSinceMs ??= nowMs;
    if (this.#fitSinceMs === undefined || nowMs - this.#fitSinceMs < FIT_MS || nowMs < this.#notBeforeMs) return;
    this.#notBeforeMs = nowMs + REST_MS;
    this.#fitSinceMs = undefined;
    this.#handOver();
  }

  #isFit({ voters, peers, transferringTo }: ReplicaStatus): boolean {
    const { preferred, logger, syncFlush } = this.#options;
    if (!voters.includes(preferred)) {
      if (!this.#warned) logger.warn('preferredLeaderId names no voter of the group', { preferredLeaderId: preferred });
      this.#warned = true;
      return false;
    }
    const peer = peers.find(({ id }) => id === preferred);
    if (peer === undefined || takeoverProblem(peer) !== undefined) return false;
    if (!peer.heard || peer.state !== 'replicate') return false;
    return transferringTo === undefined && (syncFlush ? peer.synced : peer.match) >= this.#commitBefore;
  }

  #handOver(): void {
    const { replica, preferred, logger } = this.#options;
    replica.transferLeadership(preferred, ({ ok, reason }) => {
      logger.info('Handed leadership to the preferred member', { to: preferred, ok, reason });
    });
  }
}
