import { readInt64, writeInt64 } from '../../src/base/bytes.ts';
import type { Clock, Logger, Socket } from '../../src/platform/ports.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import type { MasterRole } from './master-role.ts';

const REPORT_BYTES = 8;
const HEAD_BYTES = 12;

/**
 * A stock RocketMQ slave (Default HA: DefaultHAConnection.java): it sends the end of its log as 8 bytes again and again, and gets position, length and
 * bytes of the files as they are, blanks included.
 */
export class StockSlaveLink {
  /** Stock slaves do not say which they are. */
  readonly brokerId = -1;
  /** Where it connects from. */
  readonly address: string;
  readonly #master: MasterRole;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #batchBytes: number;
  #partial = Buffer.alloc(0);
  #next = -1;
  #blocked = false;
  #reading = false;
  #closed = false;
  #heardMs: number;
  /** End of the last record that the slave has whole: it is sent, and acknowledges, in pieces that end anywhere. */
  ackPosition = 0;
  /** Ends of records that are not acknowledged yet, ascending. */
  readonly #ends: number[] = [];

  constructor(master: MasterRole, socket: Socket, clock: Clock, logger: Logger, batchBytes: number) {
    this.#master = master;
    this.#socket = socket;
    this.address = formatAddress(socket.remote);
    this.#clock = clock;
    this.#logger = logger;
    this.#batchBytes = batchBytes;
    this.#heardMs = clock.monotonicMs();
    socket.setHandlers({
      onData: (chunk) => this.data(chunk),
      onDrain: () => {
        this.#blocked = false;
        this.pump();
      },
      onClose: () => this.#end('it closed the connection'),
    });
  }

  data(chunk: Buffer): void {
    this.#heardMs = this.#clock.monotonicMs();
    const bytes = Buffer.concat([this.#partial, chunk]);
    const whole = bytes.length - (bytes.length % REPORT_BYTES);
    this.#partial = bytes.subarray(whole);
    if (whole === 0) return;
    const position = readInt64(bytes, whole - REPORT_BYTES);
    if (this.#next < 0) this.#begin(position);
    if (this.#closed) return;
    if (position > this.#next) {
      this.drop(`it reports position ${position}, but was sent ${this.#next}`);
      return;
    }
    while (this.#ends.length > 0 && this.#ends[0]! <= position) this.ackPosition = this.#ends.shift()!;
    this.#master.stockAcknowledged();
    this.pump();
  }

  /** An empty slave gets the last file only, as RocketMQ does it. */
  #begin(position: number): void {
    const { log } = this.#master;
    const { segments } = log.native;
    this.#next = position === 0 ? segments.files.startOf(log.writtenPosition) : position;
    if (this.#next < log.minPosition || this.#next > log.endPosition) {
      this.drop(`its log ends at ${position}, but this one has ${log.minPosition} to ${log.endPosition}`);
      return;
    }
    this.#logger.info('A RocketMQ slave follows', { slave: this.#socket.remote.host, from: this.#next });
  }

  pump(): void {
    const { log } = this.#master;
    const { segments } = log.native;
    const limit = segments.writtenPosition;
    if (this.#closed || this.#next < 0) return;
    if (limit > (this.#ends.at(-1) ?? this.ackPosition)) this.#ends.push(limit);
    if (this.#blocked || this.#reading || this.#next >= limit) return;
    const fileEnd = segments.files.startOf(this.#next) + segments.segmentBytes;
    const count = Math.min(this.#batchBytes, limit - this.#next, fileEnd - this.#next);
    this.#reading = true;
    segments.read(this.#next, count, (error, bytes) => {
      this.#reading = false;
      if (this.#closed) return;
      if (error !== undefined || bytes.length < count) {
        this.drop(`the log cannot be read at position ${this.#next}: ${error?.message ?? 'the file ends before'}`);
        return;
      }
      this.#blocked = !this.#socket.write([head(this.#next, count), bytes]);
      this.#next += count;
      this.pump();
    });
  }

  beat(): void {
    if (this.#next >= 0 && !this.#reading) this.#socket.write([head(this.#next, 0)]);
  }

  closeIfSilent(limitMs: number): void {
    if (this.#clock.monotonicMs() - this.#heardMs > limitMs) this.drop(`nothing was heard for ${limitMs / 1000} s`);
  }

  drop(reason: string): void {
    this.#socket.destroy();
    this.#end(reason);
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#logger.warn('A RocketMQ slave is gone', { slave: this.#socket.remote.host, reason });
    this.#master.stockLeft(this);
  }
}

function head(position: number, count: number): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  writeInt64(bytes, position, 0);
  bytes.writeUInt32BE(count, 8);
  return bytes;
}
