import type { RetentionSettings } from '../log/log-cleaner.ts';
import { parseDelayLevels } from '../protocol/message/delay-level.ts';
import { DEFAULT_NATIVE_OPTIONS, type NativeStoreOptions } from '../store/native-options.ts';
import { DEFAULT_STORE_OPTIONS, type StoreOptions } from '../store/store-options.ts';
import type { BrokerConfig } from './config/broker-config.ts';

const HOUR_MS = 3_600_000;

/** The store's settings as a broker.conf gives them, for any kind of log. */
export function storeOptions(config: BrokerConfig): StoreOptions {
  const levels = parseDelayLevels(config.messageDelayLevel);
  return {
    ...DEFAULT_STORE_OPTIONS,
    consumeQueueFileBytes: config.mappedFileSizeConsumeQueue,
    indexEnabled: config.messageIndexEnable,
    indexSlotCount: config.maxHashSlotNum,
    indexEntryCount: config.maxIndexNum,
    delayLevelsMs: typeof levels === 'string' ? DEFAULT_STORE_OPTIONS.delayLevelsMs : levels,
    flushIntervalMs: config.flushIntervalConsumeQueue,
    getLimits: {
      ...DEFAULT_STORE_OPTIONS.getLimits,
      memoryCount: config.maxTransferCountOnMessageInMemory,
      memoryBytes: config.maxTransferBytesOnMessageInMemory,
      diskCount: config.maxTransferCountOnMessageInDisk,
      diskBytes: config.maxTransferBytesOnMessageInDisk,
    },
  };
}

/** When log files go, for any kind of log. */
export function retentionSettings(config: BrokerConfig): RetentionSettings {
  return {
    deleteHours: config.deleteWhen.split(';').map(Number),
    reservedMs: config.fileReservedTime * HOUR_MS,
    intervalMs: config.cleanResourceInterval,
    pauseMs: config.deleteCommitLogFilesInterval,
    maxFiles: config.deleteFileBatchMax,
    expiredPercent: config.diskMaxUsedSpaceRatio,
    forcedPercent: config.cleanFileForciblyEnable ? config.diskSpaceCleanForciblyRatio : undefined,
  };
}

/** The settings of a store without replication. */
export function nativeStoreOptions(config: BrokerConfig): NativeStoreOptions {
  return {
    ...DEFAULT_NATIVE_OPTIONS,
    root: config.storePathRootDir,
    commitLogDirectory: config.storePathCommitLog,
    segmentBytes: config.mappedFileSizeCommitLog,
    syncFlush: config.flushDiskType === 'SYNC_FLUSH',
    syncTimeoutMs: config.syncFlushTimeout,
    syncIntervalMs: config.flushIntervalCommitLog,
    maxPendingBytes: config.maxPendingBytes,
    retention: retentionSettings(config),
    fullPercent: config.diskSpaceWarningLevelRatio,
    store: storeOptions(config),
  };
}
