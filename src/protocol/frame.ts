import { NO_BYTES, readInt32 } from '../base/bytes.ts';
import { Version } from './codes.ts';
import { FrameError } from './frame-error.ts';
import { decodeJsonHeader, jsonHeaderText, parseTextFields } from './json-header.ts';
import { JsonSendHeader } from './json-send-header.ts';
import { ReceivedCommand } from './received-command.ts';
import { type ExtFields, SERIALIZE_JSON, SERIALIZE_ROCKETMQ, type SerializeType } from './remoting-command.ts';
import { encodeRocketmqHeader, fitsBinaryCode, RocketmqHeaderDecoder } from './rocketmq-header.ts';

/** Largest frame by default, its length word included (com.rocketmq.remoting.frameMaxLength). */
export const DEFAULT_MAX_FRAME_BYTES = 16_777_216;

/** Length word, then serialize type and header length. */
const PREFIX_BYTES = 8;
const LENGTH_BYTES = 4;

/** Shared by all connections: they keep nothing between two headers but a cache of names. */
const sendHeader = new JsonSendHeader();
const binaryHeader = new RocketmqHeaderDecoder();

/**
 * Cuts the bytes of one connection into frames. Frames that lie within one chunk are not copied: their bodies are views of it. Of a
 * frame that is still coming, no more than four times what has arrived is allocated, whatever length it announces.
 */
export class FrameDecoder {
  private readonly maxFrameBytes: number;
  /** Start of an incomplete frame; `pendingBytes` of it are filled. */
  private pending: Buffer = NO_BYTES;
  /** Bytes received of a frame that is not complete. */
  pendingBytes = 0;

  constructor(maxFrameBytes = DEFAULT_MAX_FRAME_BYTES) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Memory that an incomplete frame takes. */
  get heldBytes(): number {
    return this.pending.length;
  }

  /**
   * Takes the next received bytes, which must stay unchanged from now on, and calls `onCommand` for each frame that is complete. A
   * returned error ends the connection: nothing may be pushed after it.
   */
  push(chunk: Buffer, onCommand: (command: ReceivedCommand) => void): FrameError | undefined {
    let at = 0;
    if (this.pendingBytes > 0) {
      const taken = this.continuePending(chunk, onCommand);
      if (taken instanceof FrameError) return taken;
      at = taken;
    }
    while (at < chunk.length) {
      const total = this.frameBytes(chunk, at, chunk.length - at);
      if (total instanceof FrameError) return total;
      if (total === 0 || at + total > chunk.length) {
        this.keep(chunk, at, chunk.length, total);
        return undefined;
      }
      const command = this.decode(chunk, at, at + total);
      if (command instanceof FrameError) return command;
      at += total;
      onCommand(command);
    }
    return undefined;
  }

  /** Completes the pending frame from the start of `chunk`; gives how many bytes that took. */
  private continuePending(chunk: Buffer, onCommand: (command: ReceivedCommand) => void): number | FrameError {
    let at = 0;
    if (this.pendingBytes < PREFIX_BYTES) {
      at = Math.min(PREFIX_BYTES - this.pendingBytes, chunk.length);
      this.keep(chunk, 0, at, 0);
    }
    const total = this.frameBytes(this.pending, 0, this.pendingBytes);
    if (total instanceof FrameError || total === 0) return total instanceof FrameError ? total : at;
    const end = Math.min(at + total - this.pendingBytes, chunk.length);
    this.keep(chunk, at, end, total);
    if (this.pendingBytes < total) return end;
    const frame = this.pending;
    this.pending = NO_BYTES;
    this.pendingBytes = 0;
    const command = this.decode(frame, 0, total);
    if (command instanceof FrameError) return command;
    onCommand(command);
    return end;
  }

  /** Copies `chunk[from, to)` behind the pending bytes; `total` is the length of the frame, 0 if not yet known. */
  private keep(chunk: Buffer, from: number, to: number, total: number): void {
    const needed = this.pendingBytes + to - from;
    if (needed > this.pending.length) {
      const wanted = Math.max(needed * 4, 64);
      const grown = Buffer.allocUnsafeSlow(total === 0 ? wanted : Math.max(needed, Math.min(wanted, total)));
      this.pending.copy(grown, 0, 0, this.pendingBytes);
      this.pending = grown;
    }
    chunk.copy(this.pending, this.pendingBytes, from, to);
    this.pendingBytes = needed;
  }

  /** Whole length of the frame that starts at `at`, 0 while unknown. Refuses it as soon as it can be known to be none. */
  private frameBytes(bytes: Buffer, at: number, available: number): number | FrameError {
    if (available < LENGTH_BYTES) return 0;
    const length = readInt32(bytes, at);
    const total = length + LENGTH_BYTES;
    if (length < LENGTH_BYTES || total > this.maxFrameBytes) {
      return new FrameError(
        'length',
        `a frame of ${length} bytes is announced; allowed are ${LENGTH_BYTES} to ${this.maxFrameBytes}`,
      );
    }
    if (available < PREFIX_BYTES) return 0;
    const type = bytes[at + 4]!;
    const headerBytes = readInt32(bytes, at + 4) & 0xffffff;
    if (type !== SERIALIZE_JSON && type !== SERIALIZE_ROCKETMQ) {
      return new FrameError('header', `the header encoding ${type} is not known`);
    }
    if (headerBytes > length - LENGTH_BYTES) {
      return new FrameError('length', `a header of ${headerBytes} bytes does not fit into a frame of ${total}`);
    }
    return total;
  }

  private decode(bytes: Buffer, from: number, to: number): ReceivedCommand | FrameError {
    const headerFrom = from + PREFIX_BYTES;
    const headerTo = headerFrom + (readInt32(bytes, from + 4) & 0xffffff);
    const body = headerTo === to ? NO_BYTES : bytes.subarray(headerTo, to);
    if (bytes[from + 4] === SERIALIZE_ROCKETMQ) return binaryHeader.decode(bytes, headerFrom, headerTo, body);
    const request = sendHeader.read(bytes, headerFrom, headerTo);
    if (request === undefined) return decodeJsonHeader(bytes, headerFrom, headerTo, body);
    const { fieldsFrom, fieldsTo } = sendHeader;
    return ReceivedCommand.scanned(
      sendHeader,
      SERIALIZE_JSON,
      request,
      body,
      parseTextFields,
      bytes,
      fieldsFrom,
      fieldsTo,
    );
  }
}

/** What a frame to be sent says; language JAVA and our version are filled in unless given. */
export interface OutgoingHeader {
  readonly code: number;
  readonly flag: number;
  readonly opaque: number;
  readonly serializeType: SerializeType;
  readonly remark?: string | undefined;
  readonly extFields?: ExtFields | undefined;
  readonly language?: string;
  readonly version?: number;
}

/**
 * The buffers of a frame: prefix and header in one new buffer, then the given body buffers as they are (not copied, so they must stay
 * unchanged until sent). A code that does not fit the binary header is sent with a JSON header.
 */
export function encodeFrame(header: OutgoingHeader, body: readonly Uint8Array[] = []): Uint8Array[] {
  let bodyBytes = 0;
  for (const part of body) bodyBytes += part.length;
  return [encodeFrameHeader(header, bodyBytes), ...body];
}

/** Prefix and header of a frame whose body has `bodyBytes` bytes. */
export function encodeFrameHeader(header: OutgoingHeader, bodyBytes: number): Buffer {
  const start = {
    code: header.code,
    language: header.language ?? 'JAVA',
    version: header.version ?? Version.CURRENT,
    opaque: header.opaque,
    flag: header.flag,
    remark: header.remark,
  };
  const fields = header.extFields ?? {};
  if (header.serializeType === SERIALIZE_ROCKETMQ && fitsBinaryCode(header.code)) {
    return writePrefix(encodeRocketmqHeader(start, fields, PREFIX_BYTES), SERIALIZE_ROCKETMQ, bodyBytes);
  }
  const text = jsonHeaderText(start, fields);
  const out = Buffer.allocUnsafe(PREFIX_BYTES + Buffer.byteLength(text));
  out.write(text, PREFIX_BYTES);
  return writePrefix(out, SERIALIZE_JSON, bodyBytes);
}

/** Fills the 8 bytes before the header in `out`, which ends with the header. */
export function writePrefix(out: Buffer, serializeType: SerializeType, bodyBytes: number): Buffer {
  const headerBytes = out.length - PREFIX_BYTES;
  out.writeInt32BE(LENGTH_BYTES + headerBytes + bodyBytes, 0);
  out.writeUInt8(serializeType, 4);
  out.writeUIntBE(headerBytes, 5, 3);
  return out;
}
