import { readInt32, readInt64, writeInt32, writeInt64 } from '../base/bytes.ts';

/** Size of one unit of a consume queue: 8 physical offset, 4 size of the record, 8 tags code (RocketMQ's ConsumeQueue). */
export const UNIT_BYTES = 20;

/** Size field of a unit that only fills the place before the first message of a queue (ConsumeQueue.fillPreBlank). */
export const BLANK_UNIT_SIZE = 0x7fffffff;

export function writeUnit(target: Buffer, at: number, position: number, size: number, tagsCode: number): void {
  writeInt64(target, position, at);
  writeInt32(target, size, at + 8);
  writeInt64(target, tagsCode, at + 12);
}

export function unitPosition(source: Buffer, at: number): number {
  return readInt64(source, at);
}

export function unitSize(source: Buffer, at: number): number {
  return readInt32(source, at + 8);
}

/** Exact for hashes and times; codes beyond 2^53 (never written here) lose their last bits. */
export function unitTagsCode(source: Buffer, at: number): number {
  return readInt64(source, at + 12);
}

/** The highest address of RocketMQ's consumequeue_ext (ConsumeQueueExt.MAX_ADDR); hashes and times lie above. */
const MAX_EXT_ADDRESS = -(2 ** 31) - 1;

/** Did RocketMQ write an address of its consumequeue_ext (enableConsumeQueueExt=true) here instead of a tags code? */
export function hasExtAddress(source: Buffer, at: number): boolean {
  return unitTagsCode(source, at) <= MAX_EXT_ADDRESS;
}

/** Was anything written here, be it a blank? Untouched places of a file are zero. */
export function isWrittenUnit(source: Buffer, at: number): boolean {
  return unitSize(source, at) > 0 && unitPosition(source, at) >= 0;
}

/** Does the unit name a record (and not only fill a place)? */
export function isRecordUnit(source: Buffer, at: number): boolean {
  const size = unitSize(source, at);
  return size > 0 && size !== BLANK_UNIT_SIZE;
}

export function fillBlankUnits(target: Buffer): void {
  for (let at = 0; at + UNIT_BYTES <= target.length; at += UNIT_BYTES) writeUnit(target, at, 0, BLANK_UNIT_SIZE, 0);
}
