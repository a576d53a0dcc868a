import type { PortError } from '../../raft/index.ts';
import type { Broker } from '../../src/broker/broker.ts';
import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import { asDiskError } from '../../src/log/log-error.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { DledgerBroker, type DledgerStatus } from './dledger-broker.ts';
import { MemberRefused } from './open-member.ts';

/**
 * A member of a DLedger group for as long as its process lives. Where a leader's log no longer reaches back to what the member lacks, the member begins anew
 * from a snapshot, as after a start of the process: another DledgerBroker takes the place of the one before.
 */
export class DledgerMember {
  readonly #platform: Platform;
  readonly #config: BrokerConfig;
  readonly #onFatal: (error: PortError) => void;
  #current: DledgerBroker;
  #stopping = false;

  /** See DledgerBroker. Throws MemberRefused, or the disk's error. */
  constructor(platform: Platform, config: BrokerConfig, onFatal: (error: PortError) => void) {
    this.#platform = platform;
    this.#config = config;
    this.#onFatal = onFatal;
    this.#current = this.#open();
  }

  #open(): DledgerBroker {
    return new DledgerBroker(this.#platform, this.#config, this.#onFatal, () => this.#renew());
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

  /** The present one. */
  get broker(): Broker {
    return this.#current.broker;
  }

  status(): DledgerStatus {
    return this.#current.status();
  }

  /** Opens the ports and joins the group. Rejects with a sentence. */
  start(): Promise<void> {
    return this.#current.start();
  }

  /** See DledgerBroker.stop. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#current.stop();
  }
}
