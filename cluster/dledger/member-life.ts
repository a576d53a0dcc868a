import type { PortError, Replica } from '../../raft/index.ts';
import type { Platform } from '../../src/platform/ports.ts';
import type { RaftStorage } from '../raft-storage/open-raft-storage.ts';
import { failMember, handLeadershipOver, keepReceived } from './member-end.ts';
import type { Snapshotter } from './snapshotter.ts';

export interface MemberLifeOptions {
  readonly platform: Platform;
  readonly storage: RaftStorage;
  readonly replica: () => Replica;
  readonly snapshotter: () => Snapshotter;
  /** Closes what the member is made of; `toBeginAnew`: another one takes its place in this process. */
  readonly leave: (toBeginAnew: boolean) => Promise<void>;
  /** The process has to stop at once. */
  readonly onFatal: (error: PortError) => void;
  /** It has left, for its log to begin anew with what the leader sent. */
  readonly onRenew: () => void;
}

/** How a member, or a controller, ends: it fails, its log begins anew, or it is told to stop. It leaves once, for what comes first. */
export class MemberLife {
  readonly #options: MemberLifeOptions;
  #failed = false;
  #leaving: Promise<void> | undefined;

  constructor(options: MemberLifeOptions) {
    this.#options = options;
    options.storage.hardState.onCopyFailed = (error) => this.fail(error);
  }

  /** Takes part no longer. */
  fail(error: PortError): void {
    if (this.#failed) return;
    this.#failed = true;
    const { platform, storage, replica, snapshotter, onFatal } = this.#options;
    snapshotter().abandon();
    failMember(platform, replica(), storage, error, () => onFatal(error));
  }

  /** Keeps what the log begins anew with, acknowledges nothing from this moment on, and leaves. */
  renew(bytes: Buffer, index: number): void {
    const { platform, storage, replica, snapshotter, leave, onRenew } = this.#options;
    if (this.#leaving !== undefined || this.#failed || !keepReceived(platform, storage, bytes, index)) return;
    replica().stop();
    snapshotter().abandon();
    this.#leaving = leave(true);
    this.#leaving.then(onRenew, (error: Error) => this.fail({ code: 'LEAVE', message: error.message }));
  }

  /** SIGTERM: hands leadership over, goes on for `lingerMs`, and leaves. */
  async stop(lingerMs = 0): Promise<void> {
    if (this.#leaving !== undefined) return await this.#leaving;
    const { platform, replica, leave } = this.#options;
    await handLeadershipOver(platform, replica());
    if (lingerMs > 0) await new Promise<void>((end) => platform.timers.after(lingerMs, end));
    this.#leaving ??= leave(false);
    await this.#leaving;
  }
}
