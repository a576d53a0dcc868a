/** A buffer without bytes, shared. */
export const NO_BYTES: Buffer = Buffer.alloc(0);

const TWO_POW_32 = 0x1_0000_0000;

/** Reads a signed big-endian 64-bit number that is a safe integer; larger magnitudes lose their low bits. No bigint is made. */
export function readInt64(buffer: Buffer, offset: number): number {
  return buffer.readInt32BE(offset) * TWO_POW_32 + buffer.readUInt32BE(offset + 4);
}

/** Writes a safe integer as a signed big-endian 64-bit number. No bigint is made. */
export function writeInt64(buffer: Buffer, value: number, offset: number): void {
  buffer.writeInt32BE(Math.floor(value / TWO_POW_32), offset);
  buffer.writeUInt32BE(value >>> 0, offset + 4);
}

/** A view of bytes that someone else owns, as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
