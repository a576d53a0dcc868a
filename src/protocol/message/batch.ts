import { asBuffer } from '../../base/bytes.ts';
import { MAX_PROPERTIES_BYTES } from './record.ts';

/** One message in the body of SEND_BATCH_MESSAGE. After decoding, the byte fields are views of that body. */
export interface BatchItem {
  readonly flag: number;
  readonly body: Uint8Array;
  /** UTF-8 of the text form of `properties.ts`. */
  readonly properties: Uint8Array;
}

/** size, magic, body CRC, flag, body length; then the body, and the properties behind a 2-byte length. */
const BODY_AT = 20;
const PROPERTIES_LENGTH_BYTES = 2;

/** The body of a batch request (MessageDecoder.encodeMessages). */
export function encodeBatch(items: readonly BatchItem[]): Buffer {
  let size = 0;
  for (const item of items) size += BODY_AT + item.body.length + PROPERTIES_LENGTH_BYTES + item.properties.length;
  const out = Buffer.alloc(size);
  let at = 0;
  for (const item of items) {
    const itemBytes = BODY_AT + item.body.length + PROPERTIES_LENGTH_BYTES + item.properties.length;
    out.writeInt32BE(itemBytes, at);
    out.writeInt32BE(item.flag, at + 12);
    out.writeInt32BE(item.body.length, at + 16);
    out.set(item.body, at + BODY_AT);
    const propertiesAt = out.writeInt16BE(item.properties.length, at + BODY_AT + item.body.length);
    out.set(item.properties, propertiesAt);
    at += itemBytes;
  }
  return out;
}

/** The messages of a batch request, or a sentence on what is wrong with it. */
export function decodeBatch(body: Uint8Array): BatchItem[] | string {
  const bytes = asBuffer(body);
  const items: BatchItem[] = [];
  for (let at = 0; at < bytes.length; ) {
    const item = decodeItem(bytes, at);
    if (item === undefined) return `message ${items.length + 1} of the batch is cut off or malformed`;
    items.push(item);
    at += bytes.readInt32BE(at);
  }
  return items.length === 0 ? 'the batch has no message' : items;
}

function decodeItem(bytes: Buffer, at: number): BatchItem | undefined {
  if (bytes.length - at < BODY_AT + PROPERTIES_LENGTH_BYTES) return undefined;
  const end = at + bytes.readInt32BE(at);
  const bodyLength = bytes.readInt32BE(at + 16);
  const bodyEnd = at + BODY_AT + bodyLength;
  if (end > bytes.length || bodyLength < 0 || bodyEnd + PROPERTIES_LENGTH_BYTES > end) return undefined;
  const propertiesLength = bytes.readUInt16BE(bodyEnd);
  const propertiesAt = bodyEnd + PROPERTIES_LENGTH_BYTES;
  if (propertiesLength > MAX_PROPERTIES_BYTES || propertiesAt + propertiesLength !== end) return undefined;
  const flag = bytes.readInt32BE(at + 12);
  return { flag, body: bytes.subarray(at + BODY_AT, bodyEnd), properties: bytes.subarray(propertiesAt, end) };
}
