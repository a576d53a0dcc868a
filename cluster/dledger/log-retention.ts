import { LogCleaner, type LogCleanerOptions, type RetentionSettings } from '../../src/log/log-cleaner.ts';
import type { RetainedFile } from '../../src/log/retention.ts';
import type { Platform } from '../../src/platform/ports.ts';
import type { MessageStore } from '../../src/store/message-store.ts';
import { storeTimestampOf } from '../../src/store/time-search.ts';
import type { DurableLog } from '../raft-storage/durable-log.ts';
import { indexAt } from '../raft-storage/entry-reader.ts';

/**
 * The cleaner of a member's log, and of what the consume queues and the index say about it. Only what a durable snapshot covers goes (`safePosition`, its
 * end), also when the disk is too full (raft/SAFETY.md 5).
 */
export function createLogRetention(
  platform: Platform,
  settings: RetentionSettings,
  log: DurableLog,
  store: MessageStore,
  limits: Pick<LogCleanerOptions, 'safePosition' | 'keepFrom'>,
): LogCleaner {
  const lastTimestamp = (file: RetainedFile) => lastTimestampOf(log, file);
  const removed = () => store.trim();
  return new LogCleaner({
    ...limits,
    platform,
    settings,
    segments: log.segments,
    remover: log,
    lastTimestamp,
    removed,
  });
}

/** Store time of the last record of a file: of the entry before the next file's first; undefined until that can be read. */
function lastTimestampOf(log: DurableLog, file: RetainedFile): number | undefined {
  const index = (indexAt(log.segments, file.end) ?? 0) - 1;
  if (!log.holds(index)) {
    log.onDamage(file.end);
    return undefined;
  }
  let timestamp: number | undefined;
  log.forEachEntry(index, index, (buffer, bodyOffset, bodyLength) => {
    for (let at = 0; at < bodyLength; ) {
      const size = buffer.readInt32BE(bodyOffset + at);
      timestamp = storeTimestampOf(buffer.subarray(bodyOffset + at, bodyOffset + at + size));
      at += size;
    }
  });
  return timestamp;
}
