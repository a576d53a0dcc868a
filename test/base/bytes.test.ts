import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asBuffer, readInt64, writeInt64 } from '../../src/base/bytes.ts';

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
