/** A buffer without bytes, shared. */
export const NO_BYTES: Buffer = Buffer.alloc(0);

const TWO_POW_32 = 0x1_0000_0000;

/** `Buffer.readInt32BE` at a quarter of its cost. Throws a RangeError outside of the buffer. */
export function readInt32(buffer: Buffer, offset: number): number {
  const first = buffer[offset];
  const last = buffer[offset + 3];
  if (first === undefined || last === undefined) outside(buffer, offset);
  return (first << 24) | (buffer[offset + 1]! << 16) | (buffer[offset + 2]! << 8) | last;
}

/** `Buffer.readUInt32BE` at a quarter of its cost. */
export function readUint32(buffer: Buffer, offset: number): number {
  return readInt32(buffer, offset) >>> 0;
}

/** `Buffer.writeInt32BE` and `writeUInt32BE` at a quarter of their cost: the low 32 bits of a whole number. Throws a RangeError outside of the buffer. */
export function writeInt32(buffer: Buffer, value: number, offset: number): void {
  if (buffer[offset] === undefined || buffer[offset + 3] === undefined) outside(buffer, offset);
  buffer[offset] = value >>> 24;
  buffer[offset + 1] = value >>> 16;
  buffer[offset + 2] = value >>> 8;
  buffer[offset + 3] = value;
}

function outside(buffer: Buffer, offset: number): never {
  throw new RangeError(`a number at ${offset} lies outside of ${buffer.length} bytes`);
}

/** Reads a signed big-endian 64-bit number that is a safe integer; larger magnitudes lose their low bits. No bigint is made. */
export function readInt64(buffer: Buffer, offset: number): number {
  return readInt32(buffer, offset) * TWO_POW_32 + readUint32(buffer, offset + 4);
}

/** Writes a safe integer as a signed big-endian 64-bit number. No bigint is made. */
export function writeInt64(buffer: Buffer, value: number, offset: number): void {
  writeInt32(buffer, Math.floor(value / TWO_POW_32), offset);
  writeInt32(buffer, value, offset + 4);
}

/** A view of bytes that someone else owns, as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
