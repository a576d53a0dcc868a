import { TextCache } from '../base/text-cache.ts';
import { languageCode, languageName } from './codes.ts';
import { FrameError } from './frame-error.ts';
import { type HeaderStart, ReceivedCommand } from './received-command.ts';
import { type ExtFields, FLAG_RESPONSE, SERIALIZE_ROCKETMQ } from './remoting-command.ts';
import { RequestCode } from './request-code.ts';
import { SendFields } from './send-fields.ts';

/** Bytes before the remark: code, language, version, opaque, flag, length of the remark. */
const FIXED_BYTES = 17;
const MAX_CODE = 0x7fff;
const MIN_CODE = -0x8000;

/** Whether a code survives the binary header's 16 bits. */
export function fitsBinaryCode(code: number): boolean {
  return code >= MIN_CODE && code <= MAX_CODE;
}

/** Request codes above 65535 by what remains of them in 16 bits (POP_MESSAGE 200050 becomes 3442, and so on). */
const TRUNCATED_CODES: ReadonlyMap<number, number> = new Map(
  Object.values(RequestCode)
    .filter((code) => !fitsBinaryCode(code))
    .map((code) => [code & 0xffff, code]),
);

/** Decodes binary ("ROCKETMQ") headers (RocketMQSerializable.java). Keeps nothing between two of them but a cache of names. */
export class RocketmqHeaderDecoder {
  private readonly names = new TextCache();
  private readonly sendFields = new SendFields();

  decode(buffer: Buffer, from: number, to: number, body: Buffer): ReceivedCommand | FrameError {
    if (to - from < FIXED_BYTES + 4)
      return new FrameError('header', `a binary header of ${to - from} bytes is too short`);
    const remarkLength = buffer.readInt32BE(from + 13);
    const remarkEnd = from + FIXED_BYTES + remarkLength;
    if (remarkLength < 0 || remarkEnd + 4 > to)
      return new FrameError('header', `a remark of ${remarkLength} bytes does not fit`);
    const fieldsLength = buffer.readInt32BE(remarkEnd);
    const fieldsFrom = remarkEnd + 4;
    if (fieldsLength < 0 || fieldsFrom + fieldsLength > to) {
      return new FrameError('header', `${fieldsLength} bytes of fields do not fit`);
    }
    const flag = buffer.readInt32BE(from + 9);
    const start: HeaderStart = {
      code: wholeCode(buffer.readInt16BE(from), flag),
      language: languageName(buffer.readUInt8(from + 2)),
      version: buffer.readInt16BE(from + 3),
      opaque: buffer.readInt32BE(from + 5),
      flag,
      remark: remarkLength === 0 ? undefined : buffer.toString('utf8', from + FIXED_BYTES, remarkEnd),
    };
    return this.decodeFields(start, buffer, fieldsFrom, fieldsFrom + fieldsLength, body);
  }

  private decodeFields(
    start: HeaderStart,
    buffer: Buffer,
    from: number,
    to: number,
    body: Buffer,
  ): ReceivedCommand | FrameError {
    if (start.code === RequestCode.SEND_MESSAGE_V2 || start.code === RequestCode.SEND_BATCH_MESSAGE) {
      const request = readSendFields(this.sendFields, buffer, from, to);
      if (request !== undefined) {
        return ReceivedCommand.scanned(start, SERIALIZE_ROCKETMQ, request, body, parseFields, buffer, from, to);
      }
    }
    const fields = readFields(this.names, buffer, from, to);
    return fields instanceof FrameError ? fields : ReceivedCommand.parsed(start, SERIALIZE_ROCKETMQ, fields, body);
  }
}

/** Bytes of the binary header of a command. The code must fit (`fitsBinaryCode`). `before` bytes are left free at the start. */
export function encodeRocketmqHeader(start: HeaderStart, fields: ExtFields, before: number): Buffer {
  const remark = start.remark ?? '';
  const remarkLength = Buffer.byteLength(remark);
  let fieldsLength = 0;
  for (const key in fields) fieldsLength += 6 + Buffer.byteLength(key) + Buffer.byteLength(fields[key]!);
  const out = Buffer.allocUnsafe(before + FIXED_BYTES + remarkLength + 4 + fieldsLength);
  out.writeInt16BE(start.code, before);
  out.writeUInt8(languageCode(start.language), before + 2);
  out.writeInt16BE(start.version, before + 3);
  out.writeInt32BE(start.opaque, before + 5);
  out.writeInt32BE(start.flag, before + 9);
  out.writeInt32BE(remarkLength, before + 13);
  let at = before + FIXED_BYTES;
  at += out.write(remark, at);
  at = out.writeInt32BE(fieldsLength, at);
  for (const key in fields) {
    const keyLength = out.write(key, at + 2);
    out.writeInt16BE(keyLength, at);
    at += 2 + keyLength;
    const valueLength = out.write(fields[key]!, at + 4);
    out.writeInt32BE(valueLength, at);
    at += 4 + valueLength;
  }
  return out;
}

function wholeCode(code: number, flag: number): number {
  return (flag & FLAG_RESPONSE) !== 0 ? code : (TRUNCATED_CODES.get(code) ?? code);
}

/** Reads all entries; one that occurs twice counts with its last value, an empty value as absent. */
function readFields(names: TextCache, buffer: Buffer, from: number, to: number): ExtFields | FrameError {
  const fields: ExtFields = {};
  let at = from;
  while (at < to) {
    const keyEnd = at + 2 <= to ? at + 2 + buffer.readInt16BE(at) : -1;
    if (keyEnd < at + 2 || keyEnd + 4 > to) return new FrameError('header', 'a field name does not fit');
    const valueEnd = keyEnd + 4 + buffer.readInt32BE(keyEnd);
    if (valueEnd < keyEnd + 4 || valueEnd > to) return new FrameError('header', 'a field value does not fit');
    if (valueEnd > keyEnd + 4 && keyEnd > at + 2) {
      fields[names.get(buffer, at + 2, keyEnd)] = buffer.toString('utf8', keyEnd + 4, valueEnd);
    }
    at = valueEnd;
  }
  return fields;
}

const lazyNames = new TextCache();

function parseFields(bytes: Buffer, from: number, to: number): ExtFields {
  return readFields(lazyNames, bytes, from, to) as ExtFields;
}

/** The typed header of a V2 send, or undefined where the general way must decide. */
function readSendFields(
  fields: SendFields,
  buffer: Buffer,
  from: number,
  to: number,
): ReturnType<SendFields['finish']> {
  fields.begin();
  let at = from;
  while (at < to) {
    const keyEnd = at + 2 <= to ? at + 2 + buffer.readInt16BE(at) : -1;
    if (keyEnd < at + 2 || keyEnd + 4 > to) return undefined;
    const valueEnd = keyEnd + 4 + buffer.readInt32BE(keyEnd);
    if (valueEnd < keyEnd + 4 || valueEnd > to) return undefined;
    const isLetter = keyEnd === at + 3;
    if (isLetter && valueEnd > keyEnd + 4 && !fields.set(buffer[at + 2]!, buffer, keyEnd + 4, valueEnd))
      return undefined;
    at = valueEnd;
  }
  return fields.finish();
}
