import type { RetentionSettings } from '../log/log-cleaner.ts';
import type { DiskError } from '../platform/ports.ts';
import type { StoreLog } from './log-message-store.ts';
import type { NativeLog } from './native-log.ts';
import type { StoreOptions } from './store-options.ts';

/** Settings of a native store (no replication); RocketMQ's keys in brackets. */
export interface NativeStoreOptions {
  /** [storePathRootDir] */
  readonly root: string;
  /** [storePathCommitLog]; default ROOT/commitlog. */
  readonly commitLogDirectory?: string;
  /** [mappedFileSizeCommitLog] */
  readonly segmentBytes: number;
  /** [flushDiskType=SYNC_FLUSH] */
  readonly syncFlush: boolean;
  /** [syncFlushTimeout] At least 10: its tenth is a timer's period. */
  readonly syncTimeoutMs: number;
  /** [flushIntervalCommitLog] */
  readonly syncIntervalMs: number;
  readonly maxPendingBytes: number;
  /** Bytes of the log's end that stay in memory. */
  readonly tailBytes?: number;
  readonly chunkBytes?: number;
  /** How far ahead of the log's end the files may be written before that is noted; bounds what a start after a kill looks through. */
  readonly writeAheadBytes: number;
  /** Time between recovery points: bounds the work of a start. */
  readonly pointIntervalMs: number;
  readonly retention: RetentionSettings;
  /** Used share of the disk, in percent, above which messages are refused [diskSpaceWarningLevelRatio]. */
  readonly fullPercent: number;
  /** A cut of the log at this place was under way when the last run ended: whatever is left behind it is not the log's any more. */
  readonly unfinishedCut?: number;
  /**
   * Replication: a hole above the newest recovery point, which a power failure leaves where writes did not wait for fsyncs, is cut off with everything behind it and told, since
   * others have what is lost. Without it the store refuses to open.
   */
  readonly cutHole?: (position: number) => void;
  /** The owner keeps no state in recovery points: a directory in whose point somebody did is refused, as that state would be forgotten. */
  readonly refuseState?: boolean;
  /** An operator's order to cut the log at this damaged place. */
  readonly cutAt?: number;
  readonly store: StoreOptions;
}

export const DEFAULT_NATIVE_OPTIONS: Omit<NativeStoreOptions, 'root' | 'store'> = {
  segmentBytes: 1 << 30,
  syncFlush: false,
  syncTimeoutMs: 5_000,
  syncIntervalMs: 500,
  maxPendingBytes: 128 << 20,
  writeAheadBytes: 128 << 20,
  pointIntervalMs: 60_000,
  retention: {
    deleteHours: [4],
    reservedMs: 72 * 3_600_000,
    intervalMs: 10_000,
    pauseMs: 100,
    maxFiles: 10,
    expiredPercent: 75,
    forcedPercent: 85,
  },
  fullPercent: 90,
};

/** What a native store needs of its owner. */
export interface NativeStoreOwner {
  /** The owner's state as of the store's `dispatchedPosition`: what it built from internal records. Kept in the recovery point. */
  exportState(): Buffer;
  /**
   * Replication: what the message store shall stand on instead of the log itself. `confirmedPosition` is what certainly was confirmed before the start: the
   * newest recovery point, or everything where there is none.
   */
  replicate?(log: NativeLog, confirmedPosition: number): StoreLog;
  /** Files of the log at or above this position must stay; for replication by copying. */
  safePosition?(): number;
  /** The disk failed for good: the process has to stop. */
  fatal(error: DiskError): void;
}
