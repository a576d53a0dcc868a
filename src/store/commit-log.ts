import { assert } from '../base/assert.ts';
import type { Clock } from '../platform/ports.ts';
import { SysFlag } from '../protocol/message/flags.ts';
import { encodeRecord } from '../protocol/message/record.ts';
import { PendingRing } from './pending-ring.ts';
import { newPreparedRecord, type PreparedRecord, RecordPreparer } from './prepared-record.ts';
import type { PendingPut, PutMessage, PutRefusal, WaitOutcome } from './put-message.ts';
import type { QueueOffsetTable } from './queue-offset-table.ts';
import type { Replicator } from './replicator.ts';
import type { StoreCounters } from './store-counters.ts';

export interface CommitLogOptions {
  readonly replicator: Replicator;
  readonly offsets: QueueOffsetTable;
  readonly clock: Clock;
  readonly counters: StoreCounters;
}

const NOT_OPEN: PutRefusal = { status: 'shutting-down', text: 'the message store is not open' };

/**
 * The put path (cluster/dledger/README.md), one synchronous section: may I write, queue offset and position are known, encode in place in the
 * log's tail, hand over to the replicator. Nothing is allocated per message.
 */
export class CommitLog {
  readonly #replicator: Replicator;
  readonly #offsets: QueueOffsetTable;
  readonly #clock: Clock;
  readonly #counters: StoreCounters;
  readonly #preparer = new RecordPreparer();
  readonly #records: PreparedRecord[] = [newPreparedRecord()];
  readonly #pending = new PendingRing();
  /** Those of senders that do not wait for fsync or slaves. */
  readonly #unwaited = new PendingRing();
  readonly #single: PutMessage[] = [];
  #lastTimestamp = 0;
  #open = false;

  constructor(options: CommitLogOptions) {
    this.#replicator = options.replicator;
    this.#offsets = options.offsets;
    this.#clock = options.clock;
    this.#counters = options.counters;
  }

  open(): void {
    this.#open = true;
  }

  /** Refuses everything from here on; what is pending may still be confirmed. */
  refuse(): void {
    this.#open = false;
  }

  /** What is pending ends as unknown. */
  close(): void {
    this.refuse();
    this.lost();
  }

  setStoreHost(host: Uint8Array): void {
    this.#preparer.storeHost = host;
  }

  /** A record with this store time is in the log: later ones are not below it. */
  sawTimestamp(storeTimestamp: number): void {
    if (storeTimestamp > this.#lastTimestamp) this.#lastTimestamp = storeTimestamp;
  }

  get lastTimestamp(): number {
    return this.#lastTimestamp;
  }

  refusal(): PutRefusal | undefined {
    return this.#open ? this.#replicator.refusal() : NOT_OPEN;
  }

  put(message: PutMessage, pending: PendingPut): PutRefusal | undefined {
    this.#single[0] = message;
    return this.putUnit(this.#single, pending);
  }

  putUnit(messages: readonly PutMessage[], pending: PendingPut): PutRefusal | undefined {
    const refusal = this.refusal() ?? this.#prepare(messages);
    if (refusal !== undefined) {
      this.#counters.putRefused++;
      return refusal;
    }
    const records = this.#records;
    let byteLength = 0;
    for (let i = 0; i < messages.length; i++) byteLength += records[i]!.size;
    if (byteLength > this.#replicator.maxUnitBytes) {
      this.#counters.putRefused++;
      return {
        status: 'message-illegal',
        text: `${byteLength} bytes cannot be stored at once: the limit is ${this.#replicator.maxUnitBytes}`,
      };
    }
    this.#lastTimestamp = Math.max(this.#lastTimestamp, this.#clock.nowMs());
    const { buffer, offset, position } = this.#replicator.reserve(byteLength);
    let done = 0;
    for (let i = 0; i < messages.length; i++)
      done += this.#encode(messages[i]!, records[i]!, buffer, offset + done, position + done);
    const ticket = this.#replicator.seal();
    pending.ticket = ticket;
    (pending.waits === false ? this.#unwaited : this.#pending).push(ticket, pending);
    this.#counters.putMessages += messages.length;
    this.#counters.putBytes += byteLength;
    return undefined;
  }

  #prepare(messages: readonly PutMessage[]): PutRefusal | undefined {
    if (messages.length === 0) return { status: 'message-illegal', text: 'a batch without a message cannot be stored' };
    while (this.#records.length < messages.length) this.#records.push(newPreparedRecord());
    for (let i = 0; i < messages.length; i++) {
      const refusal = this.#preparer.prepare(this.#records[i]!, messages[i]!, messages.length === 1);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #encode(message: PutMessage, record: PreparedRecord, buffer: Buffer, at: number, position: number): number {
    record.position = position;
    record.queueOffset = 0;
    if (isQueued(record.sysFlag)) {
      const topic = this.#offsets.topic(message.topic);
      record.queueOffset = this.#offsets.next(topic, record.queueId);
      this.#offsets.appended(topic, record.queueId, record.queueOffset + 1);
    }
    record.storeTimestamp = this.#lastTimestamp;
    message.position = position;
    message.queueOffset = record.queueOffset;
    message.storeTimestamp = record.storeTimestamp;
    message.recordSize = record.size;
    const size = encodeRecord(buffer, at, record);
    assert(size === record.size, 'a record has the size that was reserved for it');
    return size;
  }

  /** Answers all puts up to a confirmed ticket. */
  confirmed(ticket: number): void {
    this.#unwaited.finish(ticket, 'stored');
    this.#pending.finish(ticket, 'stored');
  }

  /** Answers the puts up to a written ticket that do not wait for more. */
  written(ticket: number): void {
    this.#unwaited.finish(ticket, 'stored');
  }

  /** Answers all puts up to a ticket whose confirmation takes too long. */
  gaveUp(ticket: number, outcome: WaitOutcome): void {
    this.#unwaited.finish(ticket, outcome);
    this.#pending.finish(ticket, outcome);
  }

  /** The outcome of everything that is pending cannot be known, and the state at the tail is forgotten. */
  lost(): void {
    this.#offsets.dropOverlay();
    for (const ring of [this.#unwaited, this.#pending])
      this.#counters.putUnknown += ring.finish(Number.POSITIVE_INFINITY, 'unknown');
  }

  /** Puts that wait for their outcome. */
  get pendingPuts(): number {
    return this.#pending.size + this.#unwaited.size;
  }
}

/** Has the record a place in a queue? Prepared and rolled-back transaction records have none. */
export function isQueued(sysFlag: number): boolean {
  const type = sysFlag & SysFlag.TRANSACTION_MASK;
  return type === 0 || type === SysFlag.TRANSACTION_COMMIT;
}
