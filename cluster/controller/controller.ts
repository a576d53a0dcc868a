import type { PortError } from '../../raft/index.ts';
import { asDiskError } from '../../src/log/log-error.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { MemberRefused } from '../dledger/open-member.ts';
import type { ControllerConfig } from './config.ts';
import { ControllerNode, type ControllerStatus } from './controller-node.ts';

/**
 * A controller for as long as its process lives. Where the leading controller's log no longer reaches back to what this one lacks, it begins anew from a snapshot, as after a start
 * of the process: another ControllerNode takes the place of the one before.
 */
export class Controller {
  readonly #platform: Platform;
  readonly #config: ControllerConfig;
  readonly #onFatal: (error: PortError) => void;
  #current: ControllerNode;
  #stopping = false;

  /** See ControllerNode. Throws MemberRefused, or the disk's error. */
  constructor(platform: Platform, config: ControllerConfig, onFatal: (error: PortError) => void) {
    this.#platform = platform;
    this.#config = config;
    this.#onFatal = onFatal;
    this.#current = this.#open();
  }

  #open(): ControllerNode {
    return new ControllerNode(this.#platform, this.#config, this.#onFatal, () => this.#renew());
  }

  #renew(): void {
    if (this.#stopping) return;
    try {
      this.#current = this.#open();
    } catch (thrown) {
      this.#onFatal(
        thrown instanceof MemberRefused ? { code: 'REFUSED', message: thrown.message } : asDiskError(thrown),
      );
      return;
    }
    this.#current.start().catch((error: Error) => this.#onFatal({ code: 'START', message: error.message }));
  }

  /** Where brokers and tools find it. */
  get address(): string {
    return this.#current.address;
  }

  /** See ControllerNode. */
  get parts(): ControllerNode['parts'] {
    return this.#current.parts;
  }

  status(): ControllerStatus {
    return this.#current.status();
  }

  /** Opens the port and joins the group; it decides when it is elected. Rejects with a sentence. */
  start(): Promise<void> {
    return this.#current.start();
  }

  /** SIGTERM: hands leadership over, flushes and leaves the directory marked as clean. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#current.stop();
  }
}
