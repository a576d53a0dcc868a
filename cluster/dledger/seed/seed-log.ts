import { writeInt64 } from '../../../src/base/bytes.ts';
import { scanUnits } from '../../../src/log/unit-scan.ts';
import { RecordLayout } from '../../../src/protocol/message/record.ts';
import { RecordReader } from '../../../src/protocol/message/record-reader.ts';
import { INTERNAL_TOPIC } from '../../../src/store/internal-topic.ts';
import { NativeEnvelope } from '../../../src/store/native-envelope.ts';
import type { DurableLog } from '../../raft-storage/durable-log.ts';
import { ended } from '../member-end.ts';
import { MemberRefused } from '../open-member.ts';
import type { PlainStore } from './plain-store.ts';

/** Records share an entry up to so many bytes. */
const ENTRY_BYTES = 64 << 10;
/** What is read and written before the next look at the disk. */
const PIECE_BYTES = 8 << 20;

/** Copies the records of a plain CommitLog, one behind the other, into the entries of a Raft log. */
export class SeedLog {
  readonly #log: DurableLog;
  readonly #term: number;
  readonly #reader = new RecordReader();
  #records: Buffer[] = [];
  #bytes = 0;
  /** Records that were copied. */
  count = 0;

  constructor(log: DurableLog, term: number) {
    this.#log = log;
    this.#term = term;
  }

  /** `told` hears how far it is, in bytes of the plain log. Rejects with a sentence for a log that cannot be read to its end. */
  async copy({ segments }: PlainStore, told: (done: number, of: number) => void): Promise<void> {
    const envelope = new NativeEnvelope();
    const { minPosition, endPosition } = segments;
    for (let position = minPosition; position < endPosition; ) {
      const to = Math.min(position + PIECE_BYTES, endPosition);
      const scan = scanUnits(segments, envelope, position, to, (buffer, offset, size) => {
        this.#take(buffer.subarray(offset, offset + size));
      });
      if (scan.reason !== 'limit') {
        throw new MemberRefused(
          `${segments.files.pathOf(scan.stoppedAt)} cannot be read at position ${scan.stoppedAt}`,
        );
      }
      position = scan.stoppedAt;
      this.#seal();
      await ended((done) => this.#log.persist(false, done));
      told(position - minPosition, endPosition - minPosition);
    }
    await ended((done) => this.#log.flush(done));
  }

  #take(record: Buffer): void {
    const { maxBodyBytes } = this.#log;
    if (record.length > maxBodyBytes) {
      throw new MemberRefused(
        `mappedFileSizeCommitLog=${this.#log.segments.segmentBytes}: the store holds a message of ${record.length} bytes, which needs larger files. Set as much as its broker has`,
      );
    }
    this.#reader.open(record, 0, record.length);
    if (this.#reader.topic === INTERNAL_TOPIC) return;
    if (this.#bytes + record.length > Math.min(ENTRY_BYTES, maxBodyBytes)) this.#seal();
    this.#records.push(record);
    this.#bytes += record.length;
    this.count++;
  }

  #seal(): void {
    if (this.#bytes === 0) return;
    const { buffer, offset, position } = this.#log.reserve(this.#bytes);
    let at = 0;
    for (const record of this.#records) {
      record.copy(buffer, offset + at);
      writeInt64(buffer, position + at, offset + at + RecordLayout.POSITION);
      at += record.length;
    }
    this.#log.seal(this.#term);
    this.#records = [];
    this.#bytes = 0;
  }
}
