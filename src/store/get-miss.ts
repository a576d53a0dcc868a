import type { ConsumeQueue } from './consume-queue.ts';
import type { GetResult, GetStatus } from './get-result.ts';

/** Why nothing can be read at an offset, with the correction that RocketMQ's master gives (DefaultMessageStore.getMessage); undefined if something can. */
export function missAt(queue: undefined, offset: number): GetResult;
export function missAt(queue: ConsumeQueue | undefined, offset: number): GetResult | undefined;
export function missAt(queue: ConsumeQueue | undefined, offset: number): GetResult | undefined {
  if (queue === undefined) return miss('NO_MATCHED_LOGIC_QUEUE', 0, 0, 0);
  const { minOffset, maxOffset } = queue;
  if (maxOffset === 0) return miss('NO_MESSAGE_IN_QUEUE', 0, minOffset, maxOffset);
  if (offset < minOffset) return miss('OFFSET_TOO_SMALL', minOffset, minOffset, maxOffset);
  if (offset === maxOffset) return miss('OFFSET_OVERFLOW_ONE', offset, minOffset, maxOffset);
  if (offset > maxOffset) return miss('OFFSET_OVERFLOW_BADLY', maxOffset, minOffset, maxOffset);
  return undefined;
}

function miss(status: GetStatus, nextBeginOffset: number, minOffset: number, maxOffset: number): GetResult {
  return { status, nextBeginOffset, minOffset, maxOffset, records: [], byteLength: 0, fromDisk: false, behindBytes: 0 };
}
