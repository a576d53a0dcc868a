import { NO_BYTES } from '../base/bytes.ts';
import type { Logger } from '../platform/ports.ts';
import { RecordReader } from '../protocol/message/record-reader.ts';
import { type ColdReader, isRecordAt } from './cold-reader.ts';
import type { ConsumeQueue, UnitRun } from './consume-queue.ts';
import type { ConsumeQueueSet } from './consume-queue-set.ts';
import { isRecordUnit, unitPosition, unitSize } from './queue-unit.ts';
import type { RecordLog } from './record-log.ts';

/** Largest record that a client's position may name. */
const MAX_RECORD_BYTES = 64 << 20;

export type RecordDone = (record: Buffer | undefined) => void;

/** Finds whole records: in the log's tail, in blocks read before, or on disk. Callbacks may come within the call. */
export class RecordSource {
  readonly log: RecordLog;
  readonly queues: ConsumeQueueSet;
  readonly #cold: ColdReader;
  readonly #logger: Logger;
  readonly #reader = new RecordReader();

  constructor(log: RecordLog, queues: ConsumeQueueSet, cold: ColdReader, logger: Logger) {
    this.log = log;
    this.queues = queues;
    this.#cold = cold;
    this.#logger = logger;
  }

  /** The record if it is in the log's tail. */
  inMemory(position: number, size: number): Buffer | undefined {
    return this.log.view(position, size);
  }

  /** The record if it is at hand, else undefined: then `fetch`. */
  atHand(position: number, size: number): Buffer | undefined {
    const record = this.log.view(position, size) ?? this.#cold.find(position, size);
    return record !== undefined && isRecordAt(record, position, size) ? record : undefined;
  }

  /** The record from wherever it is; undefined, with a line in the log, if it cannot be read. */
  fetch(position: number, size: number, done: RecordDone): void {
    const record = this.atHand(position, size);
    if (record !== undefined) {
      done(record);
      return;
    }
    this.#cold.read(position, size, (error, bytes) => {
      if (bytes !== undefined && isRecordAt(bytes, position, size) && this.#isIntact(bytes, size)) {
        done(bytes);
        return;
      }
      this.#logger.error('a message cannot be read from the log', {
        position,
        size,
        error: error?.message ?? 'there is no such record at this position',
      });
      done(undefined);
    });
  }

  /** What comes from the disk may have rotted there. */
  #isIntact(bytes: Buffer, size: number): boolean {
    return this.#reader.open(bytes, 0, size) === 'record' && this.#reader.crcMatches();
  }

  /** The record that begins at a position that somebody else names; undefined if none does. */
  lookup(position: number, done: RecordDone): void {
    const { minPosition, confirmedPosition } = this.log;
    if (!Number.isSafeInteger(position) || position < minPosition || position + 4 > confirmedPosition) {
      done(undefined);
      return;
    }
    const withSize = (size: number): void => {
      if (size < 8 || size > MAX_RECORD_BYTES || position + size > confirmedPosition) done(undefined);
      else this.#fetchQuietly(position, size, done);
    };
    const head = this.log.view(position, 4);
    if (head !== undefined) withSize(head.readInt32BE(0));
    else
      this.#cold.read(position, 4, (_error, bytes) =>
        withSize(bytes === undefined || bytes.length < 4 ? 0 : bytes.readInt32BE(0)),
      );
  }

  /** A client's position may be wrong: that is no reason for an error in the log. */
  #fetchQuietly(position: number, size: number, done: RecordDone): void {
    const answer = (bytes: Buffer | undefined): void => {
      const whole = bytes !== undefined && bytes.length >= size && isRecordAt(bytes, position, size);
      done(whole && this.#reader.open(bytes, 0, size) === 'record' ? bytes : undefined);
    };
    const record = this.atHand(position, size);
    if (record !== undefined) answer(record);
    else this.#cold.read(position, size, (_error, bytes) => answer(bytes));
  }

  /** The record of a queue's message; undefined if the queue has none at that offset or it cannot be read. */
  recordAt(queue: ConsumeQueue, offset: number, done: RecordDone): void {
    if (offset < queue.minOffset || offset >= queue.maxOffset) {
      done(undefined);
      return;
    }
    const run: UnitRun = { buffer: NO_BYTES, at: 0, count: 0 };
    const found = (): void => {
      if (queue.locate(offset, run) && isRecordUnit(run.buffer, run.at))
        this.fetch(unitPosition(run.buffer, run.at), unitSize(run.buffer, run.at), done);
      else done(undefined);
    };
    if (queue.locate(offset, run)) found();
    else this.queues.load(queue, offset, found);
  }
}
