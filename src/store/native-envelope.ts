import { type Envelope, UNIT_BAD, UNIT_BLANK, UNIT_END } from '../log/envelope.ts';
import { BLANK_BYTES, encodeBlank, MAGIC_V1, MAGIC_V2 } from '../protocol/message/record.ts';
import { RecordReader } from '../protocol/message/record-reader.ts';

const PROPERTIES_LENGTH_BYTES = 2;

/** A plain CommitLog (CommitLog.java): each unit is one record, a blank fills the end of a file. */
export class NativeEnvelope implements Envelope {
  readonly minBlankBytes = BLANK_BYTES;
  readonly headerBytes = BLANK_BYTES;
  readonly #reader = new RecordReader();

  writeBlank(target: Buffer, offset: number, remaining: number): void {
    encodeBlank(target, offset, remaining);
  }

  next(buffer: Buffer, offset: number, limit: number): number {
    if (limit - offset < BLANK_BYTES) return UNIT_BAD;
    const size = buffer.readInt32BE(offset);
    const magic = buffer.readInt32BE(offset + 4);
    if (size === 0 && magic === 0) return UNIT_END;
    const status = this.#reader.open(buffer, offset, limit);
    if (status === 'blank') return UNIT_BLANK;
    return status === 'invalid' ? UNIT_BAD : size;
  }

  verify(buffer: Buffer, offset: number, size: number, position: number): boolean {
    const reader = this.#reader;
    return reader.open(buffer, offset, offset + size) === 'record' && this.#intact(buffer, offset, position);
  }

  intactAt(buffer: Buffer, offset: number, limit: number, position: number): boolean {
    if (limit - offset < BLANK_BYTES) return false;
    const magic = buffer.readInt32BE(offset + 4);
    if (magic !== MAGIC_V1 && magic !== MAGIC_V2) return false;
    return this.#reader.open(buffer, offset, limit) === 'record' && this.#intact(buffer, offset, position);
  }

  /** The magic of a record of a later format that is whole up to its body and stands at its place, wholly in the buffer. A torn write leaves none, as its magic is a known one or not all there. */
  laterMagicAt(buffer: Buffer, offset: number, position: number): number | undefined {
    const reader = this.#reader;
    const whole = reader.openLater(buffer, offset, buffer.length) && reader.position === position;
    return whole && reader.crcMatches() ? buffer.readUInt32BE(offset + 4) : undefined;
  }

  /** The checksum covers the body alone. What is behind it ends in text, so a write that stopped there shows as a zero at the end of topic or properties. */
  #intact(buffer: Buffer, offset: number, position: number): boolean {
    const reader = this.#reader;
    if (reader.position !== position || !reader.crcMatches()) return false;
    const end = offset + reader.size;
    const lastOfText = reader.propertiesStart < end ? end - 1 : end - PROPERTIES_LENGTH_BYTES - 1;
    return buffer[lastOfText] !== 0;
  }
}
