import { NO_BYTES } from '../base/bytes.ts';
import type { ConsumeQueue, UnitRun } from './consume-queue.ts';
import type { GetDone, GetResult, MessageFilter } from './get-result.ts';
import { isRecordUnit, unitPosition, unitSize, unitTagsCode } from './queue-unit.ts';
import type { RecordSource } from './record-source.ts';

export interface GetLimits {
  /** A record that lies further behind the end of the log counts as "on disk" for the limits (RocketMQ: accessMessageInMemoryMaxRatio). */
  readonly memoryRangeBytes: number;
  /** maxTransferCountOnMessageInMemory, maxTransferBytesOnMessageInMemory. */
  readonly memoryCount: number;
  readonly memoryBytes: number;
  /** maxTransferCountOnMessageInDisk, maxTransferBytesOnMessageInDisk. */
  readonly diskCount: number;
  readonly diskBytes: number;
}

export interface GetRequest {
  readonly queue: ConsumeQueue;
  readonly offset: number;
  readonly maxCount: number;
  readonly maxBytes: number;
  readonly filter: MessageFilter | undefined;
  readonly done: GetDone;
}

/** Units that one read looks at, at most, however few of them match (RocketMQ: 16,000 bytes of units). */
const MAX_SCANNED = 800;

/**
 * One read of a queue. Runs as far as memory reaches within the call; where it has to wait for the disk it goes on in the callback.
 * Limits: DefaultMessageStore.getMessage.
 */
export class GetOperation {
  readonly #source: RecordSource;
  readonly #limits: GetLimits;
  readonly #request: GetRequest;
  readonly #result: GetResult;
  readonly #run: UnitRun = { buffer: NO_BYTES, at: 0, count: 0 };
  #offset: number;
  readonly #scanEnd: number;
  #lastPosition = 0;
  #removing = false;

  constructor(source: RecordSource, limits: GetLimits, request: GetRequest) {
    const { queue, offset, maxCount } = request;
    this.#source = source;
    this.#limits = limits;
    this.#request = request;
    this.#offset = offset;
    const { minOffset, maxOffset } = queue;
    this.#scanEnd = Math.min(maxOffset, offset + Math.max(MAX_SCANNED, maxCount));
    this.#result = {
      status: 'FOUND',
      nextBeginOffset: offset,
      minOffset,
      maxOffset,
      records: [],
      byteLength: 0,
      fromDisk: false,
      behindBytes: 0,
    };
  }

  /** Goes on at `#offset` until the result is complete or the disk is needed. */
  run(): void {
    const { queue } = this.#request;
    const run = this.#run;
    while (this.#offset < this.#scanEnd) {
      if (!queue.locate(this.#offset, run)) {
        if (this.#offset < queue.minOffset || this.#offset >= queue.maxOffset) break;
        this.#loadUnits();
        return;
      }
      while (run.count > 0 && this.#offset < this.#scanEnd) {
        const more = this.#takeUnit(run.buffer, run.at);
        if (more === 'full') {
          this.#finish();
          return;
        }
        if (more === 'wait') return;
        run.at += 20;
        run.count--;
      }
    }
    this.#finish();
  }

  #loadUnits(): void {
    const { queue } = this.#request;
    this.#source.queues.load(queue, this.#offset, (error) => {
      if (error === undefined && queue.locate(this.#offset, this.#run)) this.run();
      else this.#fail();
    });
  }

  #takeUnit(units: Buffer, at: number): 'next' | 'full' | 'wait' {
    const position = unitPosition(units, at);
    const size = unitSize(units, at);
    if (isRecordUnit(units, at)) {
      if (position < this.#source.log.minPosition) this.#removing = true;
      else if (this.#request.filter?.matchesTagsCode(unitTagsCode(units, at)) ?? true) {
        if (this.#isFull(position, size)) return 'full';
        const record = this.#source.atHand(position, size);
        if (record === undefined) {
          this.#fetch(position, size);
          return 'wait';
        }
        this.#add(record, position);
      }
    }
    this.#offset++;
    return 'next';
  }

  /** The first message is always taken. */
  #isFull(position: number, size: number): boolean {
    const { records, byteLength } = this.#result;
    if (records.length === 0) return false;
    const { maxCount, maxBytes } = this.#request;
    const { memoryRangeBytes, memoryCount, memoryBytes, diskCount, diskBytes } = this.#limits;
    const far = this.#source.log.confirmedPosition - position > memoryRangeBytes;
    const count = Math.min(maxCount, far ? diskCount : memoryCount);
    return records.length >= count || byteLength + size > Math.min(maxBytes, far ? diskBytes : memoryBytes);
  }

  #fetch(position: number, size: number): void {
    this.#result.fromDisk = true;
    this.#source.fetch(position, size, (record) => {
      if (record === undefined) {
        this.#fail();
        return;
      }
      this.#add(record, position);
      this.#offset++;
      this.run();
    });
  }

  #add(record: Buffer, position: number): void {
    const { filter } = this.#request;
    if (filter?.matchesRecord !== undefined && !filter.matchesRecord(record)) return;
    this.#result.records.push(record);
    this.#result.byteLength += record.length;
    this.#lastPosition = position;
  }

  #finish(): void {
    const result = this.#result;
    result.nextBeginOffset = this.#offset;
    result.behindBytes = this.#source.log.confirmedPosition - this.#lastPosition;
    if (result.records.length === 0) {
      result.status = this.#removing ? 'MESSAGE_WAS_REMOVING' : 'NO_MATCHED_MESSAGE';
      result.behindBytes = 0;
    }
    this.#request.done(result);
  }

  /** A message cannot be read: what was found before it goes out; it is never skipped. */
  #fail(): void {
    if (this.#result.records.length > 0) {
      this.#finish();
      return;
    }
    this.#result.status = 'OFFSET_FOUND_NULL';
    this.#result.nextBeginOffset = this.#offset;
    this.#request.done(this.#result);
  }
}
