import type { PortError } from '../../raft/index.ts';
import { asDiskError } from '../../src/log/log-error.ts';
import type { Platform, Timer } from '../../src/platform/ports.ts';
import { MemberRefused } from './open-member.ts';

/** A member until it stops, or leaves because its log has to begin anew. */
interface Node {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Pause before a full disk is tried again. */
const ROOM_MS = 1_000;

/** Where a member could not begin anew because its disk is full: says so, and calls `again` a while later. Undefined: it was something else. */
export function awaitRoom({ logger, timers }: Platform, thrown: unknown, again: () => void): Timer | undefined {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC')) return undefined;
  const text =
    'The disk is full: this member cannot begin anew with the snapshot of its leader. It goes on when there is room';
  logger.error(text, { reason: thrown.message, retryMs: ROOM_MS });
  return timers.after(ROOM_MS, again);
}

/**
 * A member of a Raft group for as long as its process lives. Where the leader's log no longer reaches back to what the member lacks, it begins anew from a snapshot, as after a start of
 * the process: another node takes the place of the one before. For brokers of a group and for controllers.
 */
export class RenewedMember<Member extends Node> {
  readonly #platform: Platform;
  readonly #open: (onRenew: () => void) => Member;
  readonly #onFatal: (error: PortError) => void;
  #current: Member;
  #room: Timer | undefined;
  #stopping = false;

  /** `open` is called now and at each new beginning; it throws MemberRefused, or the disk's error, and so does the constructor. */
  constructor(platform: Platform, open: (onRenew: () => void) => Member, onFatal: (error: PortError) => void) {
    this.#platform = platform;
    this.#open = open;
    this.#onFatal = onFatal;
    this.#current = open(() => this.#renew());
  }

  #renew(): void {
    if (this.#stopping) return;
    try {
      this.#current = this.#open(() => this.#renew());
    } catch (thrown) {
      this.#room = awaitRoom(this.#platform, thrown, () => this.#renew());
      if (this.#room !== undefined) return;
      this.#onFatal(
        thrown instanceof MemberRefused ? { code: 'REFUSED', message: thrown.message } : asDiskError(thrown),
      );
      return;
    }
    this.#current.start().catch((error: Error) => this.#onFatal({ code: 'START', message: error.message }));
  }

  /** The node of now. */
  protected get current(): Member {
    return this.#current;
  }

  /** Opens the ports and joins the group. Rejects with a sentence. */
  start(): Promise<void> {
    return this.#current.start();
  }

  /** SIGTERM: hands leadership over, flushes and leaves the directory marked as clean. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#room !== undefined) this.#platform.timers.cancel(this.#room);
    await this.#current.stop();
  }
}
