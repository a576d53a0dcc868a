import type { BrokerConfig } from '../../src/broker/config/broker-config.ts';
import type { StateSection } from '../../src/broker/state/snapshot-sections.ts';
import type { Address, DiskError, Platform } from '../../src/platform/ports.ts';
import type { MessageStore } from '../../src/store/message-store.ts';
import type { AdoptedState } from './adopted-state.ts';
import type { DoubtFile } from './doubt-file.ts';
import type { EpochFile } from './epoch-file.ts';
import type { HaLog } from './ha-log.ts';
import type { ReplicaEvents } from './replica-roles.ts';

/** What a replica of Controller mode stands on. */
export interface ReplicaNodeOptions {
  readonly platform: Platform;
  readonly config: BrokerConfig;
  readonly log: HaLog;
  readonly epochs: EpochFile;
  readonly doubt: DoubtFile;
  readonly store: () => MessageStore;
  /** See `SlaveRoleOptions`. */
  readonly beginAt: (position: number) => boolean;
  readonly exportState: () => readonly StateSection[];
  readonly importState: (section: StateSection) => void;
  readonly adopted: AdoptedState;
  readonly events: ReplicaEvents;
  /** Role or `serving` changed, for the broker; told before `events.changed`. */
  readonly onChange: () => void;
  /** HA port of the broker that serves clients at an address. */
  readonly haPortOf: (brokerAddress: string, done: (address: Address | string) => void) => void;
  fatal(error: DiskError): void;
}
