import { crc32 } from 'node:zlib';
import { type Envelope, UNIT_BAD, UNIT_BLANK, UNIT_END } from '../../src/log/envelope.ts';
import { SegmentedLog, type SegmentedLogOptions } from '../../src/log/segmented-log.ts';
import type { VirtualPlatform } from '../support/virtual-platform.ts';

const header = 20;
const magic = 0x55_4e_49_54;

/** A small format for tests: magic, size, position, CRC of the body, body. */
export const testEnvelope: Envelope = {
  minBlankBytes: 8,
  headerBytes: header,
  writeBlank(target, offset, remaining) {
    target.writeInt32BE(-1, offset);
    target.writeUInt32BE(remaining, offset + 4);
  },
  next(buffer, offset, limit) {
    const word = buffer.readInt32BE(offset);
    if (word === -1) return UNIT_BLANK;
    if (word === 0) return UNIT_END;
    if (word !== magic || offset + header > limit) return UNIT_BAD;
    const size = buffer.readUInt32BE(offset + 4);
    return size >= header ? size : UNIT_BAD;
  },
  verify(buffer, offset, size, position) {
    return (
      Number(buffer.readBigUInt64BE(offset + 8)) === position &&
      crc32(buffer.subarray(offset + header, offset + size)) === buffer.readUInt32BE(offset + 16)
    );
  },
  intactAt(buffer, offset, limit, position) {
    if (offset + header > limit || buffer.readInt32BE(offset) !== magic) return false;
    const size = buffer.readUInt32BE(offset + 4);
    return size >= header && offset + size <= limit && this.verify(buffer, offset, size, position);
  },
};

/** Appends a unit of `size` bytes filled with `fill`; returns its position. */
export function appendUnit(log: SegmentedLog, size: number, fill: number): number {
  const { buffer, offset, position } = log.reserve(size);
  writeUnit(buffer, offset, size, position, fill);
  log.advance(size);
  return position;
}

export function writeUnit(buffer: Buffer, offset: number, size: number, position: number, fill: number): void {
  buffer.fill(fill, offset + header, offset + size);
  buffer.writeUInt32BE(magic, offset);
  buffer.writeUInt32BE(size, offset + 4);
  buffer.writeBigUInt64BE(BigInt(position), offset + 8);
  buffer.writeUInt32BE(crc32(buffer.subarray(offset + header, offset + size)), offset + 16);
}

export function openLog(platform: VirtualPlatform, more: Partial<SegmentedLogOptions> = {}): SegmentedLog {
  const log = SegmentedLog.open({
    disk: platform.disk,
    directory: '/log',
    segmentBytes: 1024,
    envelope: testEnvelope,
    ...more,
  });
  if (!(log instanceof SegmentedLog)) throw new Error(log.message);
  return log;
}

/** Persists and lets the disk finish; gives the error code, or the position that was covered. */
export function persist(platform: VirtualPlatform, log: SegmentedLog, sync = false): string | number {
  let result: string | number | undefined;
  log.persist(sync, (error, upTo) => {
    result = error?.code ?? upTo;
  });
  platform.world.runUntil(() => result !== undefined);
  return result as string | number;
}
