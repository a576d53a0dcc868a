import type { PortError } from '../../raft/index.ts';
import type { Broker } from '../../src/broker/broker.ts';
import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import type { Platform } from '../../src/platform/ports.ts';
import { DledgerBroker, type DledgerStatus } from './dledger-broker.ts';
import { RenewedMember } from './renewed-member.ts';

/** A member of a DLedger group for as long as its process lives. */
export class DledgerMember extends RenewedMember<DledgerBroker> {
  /** See DledgerBroker. Throws MemberRefused, or the disk's error. */
  constructor(platform: Platform, config: BrokerConfig, onFatal: (error: PortError) => void) {
    super(platform, (onRenew) => new DledgerBroker(platform, config, onFatal, onRenew), onFatal);
  }

  /** The present one. */
  get broker(): Broker {
    return this.current.broker;
  }

  status(): DledgerStatus {
    return this.current.status();
  }
}
