import { type PeerStatus, type ReplicaStatus, takeoverProblem } from '../../raft/index.ts';
import type { Clock, Logger, Timer, Timers } from '../../src/platform/ports.ts';

const CHECK_MS = 200;
/** A leader whose disk takes longer than this for one write or fsync, or whose log has been damaged for so long, hands over. */
const PATIENCE_MS = 1_000;
/** Between two attempts. */
const PAUSE_MS = 2_000;

export interface LeaderHealthOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly status: () => ReplicaStatus;
  readonly transfer: (to: string) => void;
}

/**
 * Hands leadership over where this leader's disk is slow, or its log damaged and not repaired at once, to the member that lags least among those that are well. It goes on
 * where there is none: a slow leader is better than an election among slow ones.
 */
export class LeaderHealth {
  readonly #options: LeaderHealthOptions;
  #timer: Timer | undefined;
  #damagedSinceMs: number | undefined;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #toldNobody = false;

  constructor(options: LeaderHealthOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = this.#options.timers.every(CHECK_MS, () => this.#look());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.timers.cancel(this.#timer);
  }

  #look(): void {
    const { clock, logger, status, transfer } = this.#options;
    const now = status();
    const nowMs = clock.monotonicMs();
    this.#damagedSinceMs = now.logDamaged ? (this.#damagedSinceMs ?? nowMs) : undefined;
    const reason = this.#reason(now, nowMs);
    if (now.role !== 'leader' || reason === undefined) {
      this.#toldNobody = false;
      return;
    }
    if (now.transferringTo !== undefined || nowMs - this.#triedAtMs < PAUSE_MS) return;
    const [target] = now.peers.filter(isBetter).sort((a, b) => a.lag - b.lag);
    if (target === undefined) {
      if (!this.#toldNobody) logger.warn('This leader is not well, but no other member is better', { reason });
      this.#toldNobody = true;
      return;
    }
    this.#triedAtMs = nowMs;
    logger.warn('This leader is not well and hands leadership over', { reason, to: target.id });
    transfer(target.id);
  }

  #reason({ persistAgeMs }: ReplicaStatus, nowMs: number): string | undefined {
    if (persistAgeMs >= PATIENCE_MS) return `its disk has not finished a write for ${Math.round(persistAgeMs)} ms`;
    const damagedMs = this.#damagedSinceMs === undefined ? 0 : nowMs - this.#damagedSinceMs;
    return damagedMs >= PATIENCE_MS ? 'its log is damaged and not repaired yet' : undefined;
  }
}

/** It may take over, and its log is known to agree: this leader goes on meanwhile, and can wait until one has been probed. */
function isBetter(peer: PeerStatus): boolean {
  return takeoverProblem(peer) === undefined && peer.state === 'replicate';
}
