import { NO_BYTES } from '../base/bytes.ts';
import type { DiskError, Platform } from '../platform/ports.ts';
import type { StoreLog } from '../store/log-message-store.ts';
import type { NativeLog } from '../store/native-log.ts';
import { type NativeStore, openNativeStore } from '../store/native-store.ts';
import { type Broker, createBroker } from './broker.ts';
import type { BrokerConfig } from './config/broker-config.ts';
import { loneMastership } from './lone-mastership.ts';
import type { Mastership } from './mastership.ts';
import type { MasterHint } from './registration.ts';
import { BrokerState } from './state/broker-state.ts';
import { FileJournal } from './state/file-journal.ts';
import type { StateChange } from './state/state-change.ts';
import { nativeStoreOptions } from './store-settings.ts';

/** One broker without replication that runs. */
export interface LoneBroker {
  readonly broker: Broker;
  readonly store: NativeStore;
  /** Stops in order and leaves the directory as closed. */
  stop(): Promise<void>;
}

/** What replication puts in the place of a lone broker's parts (cluster/ha). */
export interface NativeReplication {
  readonly mastership: Mastership;
  /** See `NativeStoreOwner`. */
  replicate(log: NativeLog, confirmedPosition: number): StoreLog;
  /** Everything is recovered; rejects with a sentence if the broker may not start. Ports are not open yet. */
  opened(parts: {
    readonly store: NativeStore;
    readonly state: BrokerState;
    readonly journal: FileJournal;
  }): Promise<void>;
  /** The broker listens and is being registered. */
  started(broker: Broker): void;
  /** What a name server says of the master of the set, with each registration of a broker that is none. */
  heardOfMaster(master: MasterHint): void;
  /** The state changed, in memory; the files follow. */
  changed(change: StateChange): void;
  /** The broker has stopped; the store is still open. */
  closing(): void;
}

/**
 * Starts a broker on a native store directory, one of RocketMQ's too. Rejects with a sentence if it cannot. `fatal` is told when the disk
 * failed for good: the process has to stop then. `cutAt`: the operator gives up a damaged log from this position on.
 */
export async function startLoneBroker(
  platform: Platform,
  config: BrokerConfig,
  fatal: (error: DiskError) => void,
  replication?: NativeReplication,
  cutAt?: number,
): Promise<LoneBroker> {
  const options = { ...nativeStoreOptions(config), refuseState: true, ...(cutAt === undefined ? {} : { cutAt }) };
  const store = openNativeStore(platform, options, {
    exportState: () => NO_BYTES,
    fatal,
    ...(replication === undefined ? {} : { replicate: (log, confirmed) => replication.replicate(log, confirmed) }),
  });
  if (typeof store === 'string') throw new Error(store);
  const state = new BrokerState(config, store.store);
  const journal = new FileJournal({
    platform,
    store: store.store,
    state,
    directory: `${config.storePathRootDir}/config`,
    offsetsPeriodMs: config.flushConsumerOffsetInterval,
    delaysPeriodMs: config.flushDelayOffsetInterval,
    changed: (change) => replication?.changed(change),
  });
  const broker = createBroker({
    ...{ platform, config, store: store.store, state, journal },
    mastership: replication?.mastership ?? loneMastership,
    heardOfMaster: (master) => replication?.heardOfMaster(master),
  });
  const closeStore = (): Promise<void> => {
    return new Promise((resolve, reject) => {
      store.close((error) => (error === undefined ? resolve() : reject(new Error(error.message))));
    });
  };
  try {
    store.start();
    journal.start();
    await replication?.opened({ store, state, journal });
    await broker.start();
    replication?.started(broker);
  } catch (error) {
    await broker.stop();
    replication?.closing();
    journal.stop();
    await closeStore();
    throw error;
  }
  const stop = async (): Promise<void> => {
    await broker.stop();
    replication?.closing();
    journal.stop();
    await closeStore();
  };
  return { broker, store, stop };
}
