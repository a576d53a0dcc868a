import type { Platform } from '../platform/ports.ts';
import type { MessageStore } from '../store/message-store.ts';
import type { ConsumerManager } from './client-manager/consumer-manager.ts';
import type { ProducerManager } from './client-manager/producer-manager.ts';
import type { QueueLocks } from './client-manager/queue-locks.ts';
import type { BrokerConfig } from './config/broker-config.ts';
import type { PullHold } from './longpoll/pull-hold.ts';
import type { Mastership } from './mastership.ts';
import type { OffsetBatch } from './offset/offset-batch.ts';
import type { OffsetResets } from './offset/offset-resets.ts';
import type { BrokerState } from './state/broker-state.ts';
import type { StateJournal } from './state/journal.ts';
import type { BrokerStats } from './stats/broker-stats.ts';

/** What the request processors work with: one broker's parts, put together by `createBroker`. */
export interface BrokerParts {
  readonly platform: Platform;
  readonly config: BrokerConfig;
  readonly store: MessageStore;
  readonly state: BrokerState;
  readonly journal: StateJournal;
  readonly mastership: Mastership;
  readonly producers: ProducerManager;
  readonly consumers: ConsumerManager;
  readonly locks: QueueLocks;
  readonly holds: PullHold;
  readonly offsetBatch: OffsetBatch;
  readonly resets: OffsetResets;
  readonly stats: BrokerStats;
  /** Delays by level, ms; index 0 is level 0, no delay. */
  readonly delayLevelsMs: readonly number[];
  /** Address bytes and port of this broker as records carry it. */
  readonly storeHost: Uint8Array;
}
