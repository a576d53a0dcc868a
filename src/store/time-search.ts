import { readInt64 } from '../base/bytes.ts';
import { SysFlag } from '../protocol/message/flags.ts';
import { RecordLayout } from '../protocol/message/record.ts';
import type { ConsumeQueue } from './consume-queue.ts';
import type { TimeBoundary } from './message-store.ts';
import type { RecordSource } from './record-source.ts';

/** Store time of a whole record, without opening it. */
export function storeTimestampOf(record: Buffer): number {
  const v6 = record.readInt32BE(RecordLayout.SYS_FLAG) & SysFlag.BORN_HOST_V6;
  return readInt64(record, RecordLayout.BORN_HOST + (v6 ? 20 : 8));
}

export function storeTimeAt(
  source: RecordSource,
  queue: ConsumeQueue,
  offset: number,
  done: (timeMs: number | undefined) => void,
): void {
  source.recordAt(queue, offset, (record) => done(record === undefined ? undefined : storeTimestampOf(record)));
}

/**
 * Bisection over store times, which rise along a queue. Lower: first offset at or after the time, maxOffset if none. Upper: last offset at
 * or before it, minOffset if none. A message that cannot be read counts as older.
 */
export function searchByTime(
  source: RecordSource,
  queue: ConsumeQueue,
  timestampMs: number,
  boundary: TimeBoundary,
  done: (offset: number) => void,
): void {
  const min = queue.minOffset;
  let low = min;
  let high = queue.maxOffset;
  const isBefore = (timeMs: number) => (boundary === 'lower' ? timeMs < timestampMs : timeMs <= timestampMs);
  const step = (): void => {
    if (low >= high) {
      done(boundary === 'lower' ? low : Math.max(min, low - 1));
      return;
    }
    const middle = Math.floor((low + high) / 2);
    storeTimeAt(source, queue, middle, (timeMs) => {
      if (timeMs === undefined || isBefore(timeMs)) low = middle + 1;
      else high = middle;
      step();
    });
  };
  step();
}
