import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextCache } from '../../src/base/text-cache.ts';

describe('TextCache', () => {
  it('gives the text of the bytes, whatever was asked before', () => {
    const cache = new TextCache();
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 4 })), fc.nat(3), (texts, before) => {
        for (const text of [...texts, ...texts]) {
          const bytes = Buffer.from('#'.repeat(before) + text);
          expect(cache.get(bytes, before, bytes.length)).toBe(text);
        }
      }),
    );
  });

  it('does not keep the bytes that it was given', () => {
    const cache = new TextCache();
    const bytes = Buffer.from('topic');
    expect(cache.get(bytes, 0, 5)).toBe('topic');
    bytes.write('other');
    expect(cache.get(bytes, 0, 5)).toBe('other');
    expect(cache.get(Buffer.from('topic'), 0, 5)).toBe('topic');
  });

  it('reads long texts too', () => {
    const text = 'x'.repeat(1000);
    expect(new TextCache().get(Buffer.from(text), 0, 1000)).toBe(text);
  });
});
