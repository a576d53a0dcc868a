import { DEFAULT_DELAY_LEVELS, parseDelayLevels } from '../protocol/message/delay-level.ts';
import type { GetLimits } from './get-operation.ts';

/** Settings of the message store; RocketMQ's keys in brackets. */
export interface StoreOptions {
  /** Length of a consume queue's files [mappedFileSizeConsumeQueue], rounded up to whole units. */
  readonly consumeQueueFileBytes: number;
  /** [messageIndexEnable] */
  readonly indexEnabled: boolean;
  /** [maxHashSlotNum], [maxIndexNum] */
  readonly indexSlotCount: number;
  readonly indexEntryCount: number;
  /** Delays by level, level 0 first [messageDelayLevel]. */
  readonly delayLevelsMs: readonly number[];
  /** [flushIntervalConsumeQueue] */
  readonly flushIntervalMs: number;
  readonly getLimits: GetLimits;
  /** Reads of the log that has left memory: bytes at once, and pieces that are kept. */
  readonly coldBlockBytes: number;
  readonly coldBlockCount: number;
  readonly maxOpenQueueFiles: number;
}

/** RocketMQ's defaults. */
export const DEFAULT_STORE_OPTIONS: StoreOptions = {
  consumeQueueFileBytes: 6_000_000,
  indexEnabled: true,
  indexSlotCount: 5_000_000,
  indexEntryCount: 20_000_000,
  delayLevelsMs: parseDelayLevels(DEFAULT_DELAY_LEVELS) as readonly number[],
  flushIntervalMs: 1000,
  getLimits: {
    memoryRangeBytes: 1 << 30,
    memoryCount: 32,
    memoryBytes: 262_144,
    diskCount: 8,
    diskBytes: 65_536,
  },
  coldBlockBytes: 262_144,
  coldBlockCount: 16,
  maxOpenQueueFiles: 256,
};
