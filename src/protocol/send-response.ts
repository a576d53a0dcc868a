import { assert } from '../base/assert.ts';
import { ResponseCode, Version } from './codes.ts';
import { writePrefix } from './frame.ts';
import { FLAG_RESPONSE, SERIALIZE_JSON, type SerializeType } from './remoting-command.ts';

const PREFIX_BYTES = 8;
const POSITION_DIGITS = 16;
const TWO_POW_32 = 0x1_0000_0000;
/** Room for the numbers and the transaction id, and some to spare. */
const VARIABLE_BYTES = 96;
const MAX_TRANSACTION_ID = 48;
const HEX = Buffer.from('0123456789ABCDEF');

/**
 * Builds the frames that answer successful sends, from prepared bytes and a few numbers: no map of fields, no JSON.stringify. Only for
 * single messages; what this cannot say goes through `encodeFrame`.
 */
export class SendResponseEncoder {
  private readonly jsonStart: Buffer;
  private readonly jsonAfterId: Buffer;
  private readonly binaryFields: Buffer;
  private readonly hostHex: Buffer;
  private readonly scratch: Buffer;
  private at = 0;

  /** `storeHost` as made by `encodeHost`; `region` and `traceOn` are what MSG_REGION and TRACE_ON say. */
  constructor(storeHost: Uint8Array, region: string, traceOn: boolean) {
    this.hostHex = Buffer.from(Buffer.from(storeHost).toString('hex').toUpperCase());
    const constant = `"MSG_REGION":${JSON.stringify(region)},"TRACE_ON":"${traceOn}"`;
    this.jsonStart = Buffer.from(`{"code":${ResponseCode.SUCCESS},"extFields":{${constant},"msgId":"`);
    this.jsonAfterId = Buffer.from('","queueId":"');
    this.binaryFields = Buffer.concat([binaryField('MSG_REGION', region), binaryField('TRACE_ON', String(traceOn))]);
    const longest = this.jsonStart.length + this.binaryFields.length + this.hostHex.length + MAX_TRANSACTION_ID;
    this.scratch = Buffer.alloc(longest + JSON_TEXT_BYTES + VARIABLE_BYTES);
  }

  /**
   * One frame. `position` is the record's byte address, from which the message id is made. `transactionId` is the message's UNIQ_KEY
   * where it is to be told (half messages).
   */
  encode(
    serializeType: SerializeType,
    opaque: number,
    queueId: number,
    queueOffset: number,
    position: number,
    transactionId?: string,
  ): Buffer {
    if (transactionId !== undefined) assert(isPlainId(transactionId), 'a transaction id is a short plain word');
    this.at = PREFIX_BYTES;
    if (serializeType === SERIALIZE_JSON) this.writeJson(opaque, queueId, queueOffset, position, transactionId);
    else this.writeBinary(opaque, queueId, queueOffset, position, transactionId);
    const out = Buffer.allocUnsafe(this.at);
    this.scratch.copy(out, 0, 0, this.at);
    return writePrefix(out, serializeType, 0);
  }

  private writeJson(
    opaque: number,
    queueId: number,
    queueOffset: number,
    position: number,
    transactionId: string | undefined,
  ): void {
    this.bytes(this.jsonStart);
    this.id(position);
    this.bytes(this.jsonAfterId);
    this.decimal(queueId);
    this.bytes(JSON_QUEUE_OFFSET);
    this.decimal(queueOffset);
    if (transactionId !== undefined) {
      this.bytes(JSON_TRANSACTION_ID);
      this.at += this.scratch.write(transactionId, this.at, 'latin1');
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
    const { scratch } = this;
    this.bytes(BINARY_START);
    scratch.writeInt32BE(opaque, PREFIX_BYTES + 5);
    const lengthAt = this.at;
    this.at += 4;
    this.bytes(this.binaryFields);
    this.bytes(BINARY_MSG_ID);
    scratch.writeInt32BE(this.hostHex.length + POSITION_DIGITS, this.at);
    this.at += 4;
    this.id(position);
    this.binaryNumber(BINARY_QUEUE_ID, queueId);
    this.binaryNumber(BINARY_QUEUE_OFFSET, queueOffset);
    if (transactionId !== undefined) {
      this.bytes(BINARY_TRANSACTION_ID);
      this.at = scratch.writeInt32BE(transactionId.length, this.at);
      this.at += scratch.write(transactionId, this.at, 'latin1');
    }
    scratch.writeInt32BE(this.at - lengthAt - 4, lengthAt);
  }

  private binaryNumber(key: Buffer, value: number): void {
    this.bytes(key);
    const lengthAt = this.at;
    this.at += 4;
    this.decimal(value);
    this.scratch.writeInt32BE(this.at - lengthAt - 4, lengthAt);
  }

  private bytes(source: Buffer): void {
    this.scratch.set(source, this.at);
    this.at += source.length;
  }

  /** The message id: store host and position in hex. */
  private id(position: number): void {
    this.bytes(this.hostHex);
    this.hex8(Math.floor(position / TWO_POW_32));
    this.hex8(position >>> 0);
  }

  private hex8(value: number): void {
    const { scratch } = this;
    for (let shift = 28; shift >= 0; shift -= 4) scratch[this.at++] = HEX[(value >>> shift) & 0xf]!;
  }

  private decimal(value: number): void {
    const { scratch } = this;
    let rest = value;
    if (rest < 0) {
      scratch[this.at++] = 0x2d;
      rest = -rest;
    }
    let digits = 1;
    for (let limit = 10; rest >= limit; limit *= 10) digits++;
    this.at += digits;
    for (let at = this.at - 1; digits > 0; digits--) {
      const tenth = Math.floor(rest / 10);
      scratch[at--] = 0x30 + (rest - tenth * 10);
      rest = tenth;
    }
  }
}

const JSON_QUEUE_OFFSET = Buffer.from('","queueOffset":"');
const JSON_TRANSACTION_ID = Buffer.from('","transactionId":"');
const JSON_OPAQUE = Buffer.from(`"},"flag":${FLAG_RESPONSE},"language":"JAVA","opaque":`);
const JSON_END = Buffer.from(`,"serializeTypeCurrentRPC":"JSON","version":${Version.CURRENT}}`);
const JSON_TEXT_BYTES = 256;

const BINARY_START = Buffer.alloc(17);
BINARY_START.writeInt16BE(Version.CURRENT, 3);
BINARY_START.writeInt32BE(FLAG_RESPONSE, 9);
const BINARY_MSG_ID = binaryKey('msgId');
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
  return text.length <= MAX_TRANSACTION_ID && /^[\w.:-]*$/.test(text);
}
