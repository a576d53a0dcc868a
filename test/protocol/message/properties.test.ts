import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeProperties,
  encodeProperties,
  getProperty,
  removeProperty,
  setProperty,
} from '../../../src/protocol/message/properties.ts';
import { PropertyFinder } from '../../../src/protocol/message/property-finder.ts';

const NAMES = ['TAGS', 'KEYS', 'K', 'GS'];
/** Texts made of names, values and separators in any order, so that names also occur inside values and pairs are malformed. */
const anyText = fc
  .array(fc.constantFrom(...NAMES, 'v', 'é', '\u0001', '\u0001', '\u0002', '\u0002'), { maxLength: 20 })
  .map((parts) => parts.join(''));
const pairs = fc.dictionary(fc.constantFrom(...NAMES, 'other'), fc.string({ unit: 'grapheme' }));

describe('properties', () => {
  it('are written with a final separator and read with or without it', () => {
    const text = encodeProperties([
      ['KEYS', 'a b'],
      ['TAGS', 'T'],
    ]);
    expect(text).toBe('KEYS\u0001a b\u0002TAGS\u0001T\u0002');
    for (const form of [text, text.slice(0, -1)]) {
      expect([...decodeProperties(form)]).toEqual([
        ['KEYS', 'a b'],
        ['TAGS', 'T'],
      ]);
      expect(getProperty(form, 'TAGS')).toBe('T');
      expect(decodeProperties(setProperty(form, 'WAIT', 'true')).get('WAIT')).toBe('true');
    }
  });

  it('are found singly as in the map of all', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(...NAMES), (text, name) => {
        expect(getProperty(text, name)).toBe(decodeProperties(text).get(name));
      }),
      { numRuns: 2000 },
    );
  });

  it('are found in bytes as in the map of all', () => {
    const finder = new PropertyFinder(NAMES);
    fc.assert(
      fc.property(anyText, (text) => {
        const bytes = Buffer.from(`##${text}##`);
        finder.scan(bytes, 2, bytes.length - 2);
        const found = decodeProperties(text);
        expect(NAMES.map((_name, index) => finder.text(index))).toEqual(NAMES.map((name) => found.get(name)));
      }),
      { numRuns: 2000 },
    );
  });

  it('can be set and removed singly', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.constantFrom(...NAMES),
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        (all, name, value, cut) => {
          const text = encodeProperties(Object.entries(all));
          const form = cut ? text.slice(0, -1) : text;
          const { [name]: _removed, ...others } = all;
          expect(Object.fromEntries(decodeProperties(setProperty(form, name, value)))).toEqual({
            ...all,
            [name]: value,
          });
          expect(Object.fromEntries(decodeProperties(removeProperty(form, name)))).toEqual(others);
        },
      ),
    );
  });
});
