import { assert } from '../base/assert.ts';
import { writeInt32 } from '../base/bytes.ts';
import { ResponseCode, Version } from './codes.ts';
import { FLAG_RESPONSE, SERIALIZE_JSON, type SerializeType } from './remoting-command.ts';

const PREFIX_BYTES = 8;
const LENGTH_BYTES = 4;
const POSITION_DIGITS = 16;
const TWO_POW_32 = 0x1_0000_0000;
const MAX_TRANSACTION_ID = 48;
/** For what follows the message id: keys, numbers and the transaction id, and some to spare. */
const ROOM_BYTES = 400;
/** Frames stand behind each other in pieces of memory of this size. */
const PIECE_BYTES = 64 * 1024;
const HEX = Buffer.from('0123456789ABCDEF');

/**
 * Builds the frames that answer successful sends, from prepared bytes and a few numbers: no map of fields, no JSON.stringify. Only for
 * single messages; what this cannot say goes through `encodeFrame`.
 */
export class SendResponseEncoder {
  /** What all frames have in common, up to the position in the message id. */
  private readonly json: Buffer;
  private readonly binary: Buffer;
  private piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  /** Where the frame under construction stands in `piece`, and how far it has come. */
  private start = 0;
  private at = 0;

  /** `storeHost` as made by `encodeHost`; `region` and `traceOn` are what MSG_REGION and TRACE_ON say. */
  constructor(storeHost: Uint8Array, region: string, traceOn: boolean) {
    const hostHex = Buffer.from(storeHost).toString('hex').toUpperCase();
    const constant = `"MSG_REGION":${JSON.stringify(region)},"TRACE_ON":"${traceOn}"`;
    const jsonStart = `{"code":${ResponseCode.SUCCESS},"extFields":{${constant},"msgId":"${hostHex}`;
    const idBytes = Buffer.alloc(4);
    idBytes.writeInt32BE(hostHex.length + POSITION_DIGITS);
    const binaryFields = [binaryField('MSG_REGION', region), binaryField('TRACE_ON', String(traceOn))];
    const binaryId = [binaryKey('msgId'), idBytes, Buffer.from(hostHex)];
    this.json = Buffer.concat([Buffer.alloc(PREFIX_BYTES), Buffer.from(jsonStart)]);
    this.binary = Buffer.concat([BINARY_START, ...binaryFields, ...binaryId]);
  }

  /**
   * One frame. `position` is the record's byte address, from which the message id is made. `transactionId` is the message's UNIQ_KEY
   * where it is to be told (half messages); it must be one of which `isPlainId` is true.
   */
  encode(
    serializeType: SerializeType,
    opaque: number,
    queueId: number,
    queueOffset: number,
    position: number,
    transactionId?: string,
  ): Buffer {
    assert(transactionId === undefined || transactionId.length <= MAX_TRANSACTION_ID, 'a transaction id is short');
    const common = serializeType === SERIALIZE_JSON ? this.json : this.binary;
    this.begin(common);
    if (serializeType === SERIALIZE_JSON) this.writeJson(opaque, queueId, queueOffset, position, transactionId);
    else this.writeBinary(opaque, queueId, queueOffset, position, transactionId);
    const { piece, start, at } = this;
    writeInt32(piece, at - start - LENGTH_BYTES, start);
    writeInt32(piece, at - start - PREFIX_BYTES, start + LENGTH_BYTES);
    piece[start + LENGTH_BYTES] = serializeType;
    return piece.subarray(start, at);
  }

  private begin(common: Buffer): void {
    if (this.piece.length - this.at < common.length + ROOM_BYTES) {
      this.piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, common.length + ROOM_BYTES));
      this.at = 0;
    }
    this.start = this.at;
    this.bytes(common);
  }

  private writeJson(
    opaque: number,
    queueId: number,
    queueOffset: number,
    position: number,
    transactionId: string | undefined,
  ): void {
    this.position(position);
    this.bytes(JSON_QUEUE_ID);
    this.decimal(queueId);
    this.bytes(JSON_QUEUE_OFFSET);
    this.decimal(queueOffset);
    if (transactionId !== undefined) {
      this.bytes(JSON_TRANSACTION_ID);
      this.at += this.piece.write(transactionId, this.at, 'latin1');
    }
    this.bytes(JSON_OPAQUE);
    this.decimal(opaque);
    this.bytes(JSON_END);
  }

  private writeBinary(
    opaque: number,
    queueId: number,
    queueOffset: number,
    position: number,
    transactionId: string | undefined,
  ): void {
    const { piece, start } = this;
    writeInt32(piece, opaque, start + PREFIX_BYTES + 5);
    this.position(position);
    this.binaryNumber(BINARY_QUEUE_ID, queueId);
    this.binaryNumber(BINARY_QUEUE_OFFSET, queueOffset);
    if (transactionId !== undefined) {
      this.bytes(BINARY_TRANSACTION_ID);
      writeInt32(piece, transactionId.length, this.at);
      this.at += 4;
      this.at += piece.write(transactionId, this.at, 'latin1');
    }
    writeInt32(piece, this.at - start - BINARY_FIELDS_AT, start + BINARY_FIELDS_AT - 4);
  }

  private binaryNumber(key: Buffer, value: number): void {
    this.bytes(key);
    const lengthAt = this.at;
    this.at += 4;
    this.decimal(value);
    writeInt32(this.piece, this.at - lengthAt - 4, lengthAt);
  }

  private bytes(source: Buffer): void {
    this.piece.set(source, this.at);
    this.at += source.length;
  }

  /** The end of the message id: the position in hex. */
  private position(position: number): void {
    this.hex8(Math.floor(position / TWO_POW_32));
    this.hex8(position >>> 0);
  }

  private hex8(value: number): void {
    const { piece } = this;
    let { at } = this;
    for (let shift = 28; shift >= 0; shift -= 4) piece[at++] = HEX[(value >>> shift) & 0xf]!;
    this.at = at;
  }

  private decimal(value: number): void {
    const { piece } = this;
    let rest = value;
    if (rest < 0) {
      piece[this.at++] = 0x2d;
      rest = -rest;
    }
    let digits = 1;
    for (let limit = 10; rest >= limit; limit *= 10) digits++;
    this.at += digits;
    for (let at = this.at - 1; digits > 0; digits--) {
      const tenth = rest <= 0x7fffffff ? (rest / 10) | 0 : Math.floor(rest / 10);
      piece[at--] = 0x30 + (rest - tenth * 10);
      rest = tenth;
    }
  }
}

/** ASCII characters that ids consist of: letters, digits, `_ . : -`. */
const PLAIN = Uint8Array.from({ length: 128 }, (_, code) => (/[\w.:-]/.test(String.fromCharCode(code)) ? 1 : 0));

const JSON_QUEUE_ID = Buffer.from('","queueId":"');
const JSON_QUEUE_OFFSET = Buffer.from('","queueOffset":"');
const JSON_TRANSACTION_ID = Buffer.from('","transactionId":"');
const JSON_OPAQUE = Buffer.from(`"},"flag":${FLAG_RESPONSE},"language":"JAVA","opaque":`);
const JSON_END = Buffer.from(`,"serializeTypeCurrentRPC":"JSON","version":${Version.CURRENT}}`);

const BINARY_FIELDS_AT = PREFIX_BYTES + 21;
/** Prefix, and the header up to its fields, whose length stands before them. */
const BINARY_START = Buffer.alloc(BINARY_FIELDS_AT);
BINARY_START.writeInt16BE(Version.CURRENT, PREFIX_BYTES + 3);
BINARY_START.writeInt32BE(FLAG_RESPONSE, PREFIX_BYTES + 9);
const BINARY_QUEUE_ID = binaryKey('queueId');
const BINARY_QUEUE_OFFSET = binaryKey('queueOffset');
const BINARY_TRANSACTION_ID = binaryKey('transactionId');

function binaryKey(key: string): Buffer {
  const out = Buffer.alloc(2 + key.length);
  out.writeInt16BE(key.length);
  out.write(key, 2);
  return out;
}

function binaryField(key: string, value: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(Buffer.byteLength(value));
  return Buffer.concat([binaryKey(key), length, Buffer.from(value)]);
}

/** Whether `encode` can tell this transaction id: the ids that clients make are short and plain; any other needs `encodeFrame`. */
export function isPlainId(text: string): boolean {
  if (text.length > MAX_TRANSACTION_ID) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Not by a pattern: that costs as much as the rest of an answer's text.
    if (code > 0x7f || PLAIN[code] === 0) return false;
  }
  return true;
}
