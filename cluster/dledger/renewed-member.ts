import type { PortError } from '../../raft/index.ts';
import { asDiskError } from '../../src/log/log-error.ts';
import { MemberRefused } from './open-member.ts';

/** A member until it stops, or leaves because its log has to begin anew. */
interface Node {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A member of a Raft group for as long as its process lives. Where the leader's log no longer reaches back to what the member lacks, it begins anew from a snapshot, as after a start of
 * the process: another node takes the place of the one before. For brokers of a group and for controllers.
 */
export class RenewedMember<Member extends Node> {
  readonly #open: (onRenew: () => void) => Member;
  readonly #onFatal: (error: PortError) => void;
  #current: Member;
  #stopping = false;

  /** `open` is called now and at each new beginning; it throws MemberRefused, or the disk's error, and so does the constructor. */
  constructor(open: (onRenew: () => void) => Member, onFatal: (error: PortError) => void) {
    this.#open = open;
    this.#onFatal = onFatal;
    this.#current = open(() => this.#renew());
  }

  #renew(): void {
    if (this.#stopping) return;
    try {
      this.#current = this.#open(() => this.#renew());
    } catch (thrown) {
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
    await this.#current.stop();
  }
}
