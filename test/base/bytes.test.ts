import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asBuffer, readInt32, readInt64, readUint32, writeInt32, writeInt64 } from '../../src/base/bytes.ts';

describe('32-bit numbers', () => {
  it('are written and read as Node does it', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(5), (value, at) => {
        const buffer = Buffer.alloc(at + 4);
        writeInt32(buffer, value, at);
        expect(buffer.readInt32BE(at)).toBe(value);
        expect(readInt32(buffer, at)).toBe(value);
        expect(readUint32(buffer, at)).toBe(value >>> 0);
        writeInt32(buffer, value >>> 0, at);
        expect(buffer.readInt32BE(at)).toBe(value);
      }),
    );
  });

  it.each([-1, 5, 8])('are not looked for outside of the buffer, at %i of 8 bytes', (at) => {
    const buffer = Buffer.alloc(8);
    expect(() => readInt32(buffer, at)).toThrow(RangeError);
    expect(() => writeInt32(buffer, 1, at)).toThrow(RangeError);
    expect(buffer).toEqual(Buffer.alloc(8));
  });
});

describe('64-bit numbers', () => {
  it('are written as signed big-endian, and read back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(5), (value, at) => {
        const buffer = Buffer.alloc(at + 8);
        writeInt64(buffer, value, at);
        expect(buffer.readBigInt64BE(at)).toBe(BigInt(value));
        expect(readInt64(buffer, at)).toBe(value);
      }),
    );
  });
});

describe('asBuffer', () => {
  it('gives a view, not a copy', () => {
    const bytes = Uint8Array.from([1, 2, 3, 4]).subarray(1, 3);
    const buffer = asBuffer(bytes);
    buffer[0] = 9;
    expect([...bytes]).toEqual([9, 3]);
    expect(asBuffer(buffer)).toBe(buffer);
  });
});
