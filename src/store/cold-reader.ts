import { readInt64 } from '../base/bytes.ts';
import type { DiskError } from '../platform/ports.ts';
import { RecordLayout } from '../protocol/message/record.ts';
import type { ReadDone, RecordLog } from './record-log.ts';

/** One piece of the log that was read: `bytes` begin at a multiple of the block size. */
interface Block {
  readonly start: number;
  readonly bytes: Buffer;
}

/** What a read waits for. */
interface Waiting {
  readonly position: number;
  readonly size: number;
  readonly done: ReadDone;
}

export interface ColdReaderOptions {
  readonly log: RecordLog;
  /** Bytes read at once, aligned: neighbours in the log serve other queues' readers too. */
  readonly blockBytes: number;
  /** Blocks that are kept. */
  readonly blockCount: number;
}

/**
 * Reads records that are no longer in memory, by blocks of the log; the last blocks are kept. Only what is confirmed and surely in the
 * files enters a block, so a block never turns stale.
 */
export class ColdReader {
  readonly #log: RecordLog;
  readonly #blockBytes: number;
  readonly #blockCount: number;
  /** By start, the most recently used last. */
  readonly #blocks = new Map<number, Block>();
  readonly #reading = new Map<number, Waiting[]>();

  constructor(options: ColdReaderOptions) {
    this.#log = options.log;
    this.#blockBytes = options.blockBytes;
    this.#blockCount = options.blockCount;
  }

  /** The record from a block that is kept; undefined if it has to be read. */
  find(position: number, size: number): Buffer | undefined {
    const block = this.#blocks.get(position - (position % this.#blockBytes));
    if (block === undefined) return undefined;
    const at = position - block.start;
    return at + size <= block.bytes.length ? block.bytes.subarray(at, at + size) : undefined;
  }

  /** Reads a record, through a block if it lies in one. `done` may come within the call. */
  read(position: number, size: number, done: ReadDone): void {
    const found = this.find(position, size);
    if (found !== undefined) {
      done(undefined, found);
      return;
    }
    const start = position - (position % this.#blockBytes);
    const from = Math.max(start, this.#log.minPosition);
    const end = Math.min(start + this.#blockBytes, this.#log.writtenPosition, this.#log.confirmedPosition);
    if (from !== start || position + size > end) {
      this.#log.read(position, size, done);
      return;
    }
    this.#readBlock(start, end - start, { position, size, done });
  }

  #readBlock(start: number, byteLength: number, waiting: Waiting): void {
    const reading = this.#reading.get(start);
    if (reading !== undefined) {
      reading.push(waiting);
      return;
    }
    const all = [waiting];
    this.#reading.set(start, all);
    this.#log.read(start, byteLength, (error, bytes) => {
      this.#reading.delete(start);
      if (bytes !== undefined) this.#keep({ start, bytes });
      for (const reader of all) this.#answer(reader, error, start, bytes);
    });
  }

  #keep(block: Block): void {
    this.#blocks.delete(block.start);
    this.#blocks.set(block.start, block);
    for (const [start] of this.#blocks) {
      if (this.#blocks.size <= this.#blockCount) break;
      this.#blocks.delete(start);
    }
  }

  /** A block that does not hold the record after all (it ends at a file's end, or it was read for a smaller wish), or is damaged somewhere: read alone. */
  #answer(
    { position, size, done }: Waiting,
    error: DiskError | undefined,
    start: number,
    bytes: Buffer | undefined,
  ): void {
    const at = position - start;
    if (bytes !== undefined && at + size <= bytes.length) done(undefined, bytes.subarray(at, at + size));
    else if (error === undefined || error.code === 'ROT') this.#log.read(position, size, done);
    else done(error, undefined);
  }
}

/** Do these bytes begin with a record of this size and position? A queue unit that leads elsewhere, or rot, shows here. */
export function isRecordAt(bytes: Buffer, position: number, size: number): boolean {
  return (
    size >= RecordLayout.SYS_FLAG &&
    bytes.length >= size &&
    bytes.readInt32BE(RecordLayout.SIZE) === size &&
    readInt64(bytes, RecordLayout.POSITION) === position
  );
}
