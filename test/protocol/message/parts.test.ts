import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { COMPRESSED_FLAGS, compressBody, decompressBody } from '../../../src/protocol/message/compression.ts';
import { DEFAULT_DELAY_LEVELS, parseDelayLevels } from '../../../src/protocol/message/delay-level.ts';
import { permissionText } from '../../../src/protocol/message/flags.ts';

describe('compression', () => {
  const plain = Buffer.from('body '.repeat(100));

  it('brings a body back', () => {
    const compressed = compressBody(plain);
    expect(compressed.length).toBeLessThan(50);
    expect(decompressBody(compressed, COMPRESSED_FLAGS)).toEqual(plain);
    expect(decompressBody(compressed, 0x1)).toEqual(plain);
    expect(decompressBody(plain, 0)).toBe(plain);
  });

  it('says what it cannot read', () => {
    expect(decompressBody(plain, 0x101)).toBe('the body is compressed with LZ4, which is not supported: use zlib');
    expect(decompressBody(plain, 0x201)).toBe('the body is compressed with zstd, which is not supported: use zlib');
    expect(decompressBody(plain, 0x401)).toBe('the compression type 4 of the body is not known');
    expect(decompressBody(plain, 0x1)).toContain('the compressed body cannot be read');
  });

  it('does not grow a small body without end', () => {
    const bomb = deflateSync(Buffer.alloc(65 * 1024 * 1024));
    expect(typeof decompressBody(bomb, 0x1)).toBe('string');
  });
});

describe('delay levels', () => {
  it("are RocketMQ's by default", () => {
    const levels = parseDelayLevels(DEFAULT_DELAY_LEVELS);
    expect(levels).toHaveLength(19);
    expect([0, 1, 3, 5, 14, 18].map((level) => levels[level])).toEqual([0, 1_000, 10_000, 60_000, 600_000, 7_200_000]);
  });

  it.each(['', '1s x', '5', '-1s', '1.5h'])('%j is refused with the word that is wrong', (text) => {
    expect(parseDelayLevels(text)).toContain('is not a number followed by s, m, h or d');
  });
});

describe('permissions', () => {
  it.each([
    [6, 'RW-'],
    [4, 'R--'],
    [2, '-W-'],
    [7, 'RWX'],
    [0, '---'],
  ])('%i is shown as %s', (perm, text) => {
    expect(permissionText(perm)).toBe(text);
  });
});
