import { NO_BYTES } from '../base/bytes.ts';
import type { DiskError, Platform } from '../platform/ports.ts';
import { type NativeStore, openNativeStore } from '../store/native-store.ts';
import { type Broker, createBroker } from './broker.ts';
import type { BrokerConfig } from './config/broker-config.ts';
import { loneMastership } from './lone-mastership.ts';
import { BrokerState } from './state/broker-state.ts';
import { FileJournal } from './state/file-journal.ts';
import { nativeStoreOptions } from './store-settings.ts';

/** One broker without replication that runs. */
export interface LoneBroker {
  readonly broker: Broker;
  readonly store: NativeStore;
  /** Stops in order and leaves the directory as closed. */
  stop(): Promise<void>;
}

/**
 * Starts a broker on a native store directory, one of RocketMQ's too. Rejects with a sentence if it cannot. `fatal` is told when the disk
 * failed for good: the process has to stop then.
 */
export async function startLoneBroker(
  platform: Platform,
  config: BrokerConfig,
  fatal: (error: DiskError) => void,
): Promise<LoneBroker> {
  const store = openNativeStore(platform, nativeStoreOptions(config), { exportState: () => NO_BYTES, fatal });
  if (typeof store === 'string') throw new Error(store);
  const state = new BrokerState(config, store.store);
  const journal = new FileJournal({
    platform,
    store: store.store,
    state,
    directory: `${config.storePathRootDir}/config`,
    offsetsPeriodMs: config.flushConsumerOffsetInterval,
    delaysPeriodMs: config.flushDelayOffsetInterval,
  });
  const broker = createBroker({ platform, config, store: store.store, state, journal, mastership: loneMastership });
  const closeStore = (): Promise<void> => {
    return new Promise((resolve, reject) => {
      store.close((error) => (error === undefined ? resolve() : reject(new Error(error.message))));
    });
  };
  try {
    store.start();
    journal.start();
    await broker.start();
  } catch (error) {
    await broker.stop();
    journal.stop();
    await closeStore();
    throw error;
  }
  const stop = async (): Promise<void> => {
    await broker.stop();
    journal.stop();
    await closeStore();
  };
  return { broker, store, stop };
}
