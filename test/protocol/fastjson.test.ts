import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyError } from '../../src/protocol/body-error.ts';
import { parseFastjson } from '../../src/protocol/fastjson.ts';

/** With bigints as the nearest numbers, as JSON.parse reads them. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? Number(member) : member)));
}

/** Plain objects all the way down, as tests compare them. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? `${member}n` : member)));
}

describe('parseFastjson', () => {
  it.each([
    ['numeric keys', '{0:"a",12:"b"}', { 0: 'a', 12: 'b' }],
    [
      'objects as keys',
      '{{"topic":"t","queueId":0}:{"maxOffset":1}}',
      { '{"topic":"t","queueId":0}': { maxOffset: 1 } },
    ],
    ['objects with numeric keys as keys', '{{1:[2,null]}:3}', { '{"1":[2,null]}': 3 }],
    ['single quotes', "{'a':'it\\'s \"b\"'}", { a: 'it\'s "b"' }],
    ['unquoted names', '{code:1,$x_y:true}', { code: 1, $x_y: true }],
    ['commas too many', '{"a":[1,2,],,"b":{},}', { a: [1, 2], b: {} }],
    ['blanks', ' { "a" : [ 1 , 2 ] ,\n\t0 : 3 } ', { a: [1, 2], 0: 3 }],
    ['escapes', '{0:"\\u4e2d\\x41\\n\\\\\\/\\q"}', { 0: '中A\n\\/q' }],
    ['numbers of other types', '{0:1L,1:1.5D,2:-2.5e3,3:0.0}', { 0: 1, 1: 1.5, 2: -2500, 3: 0 }],
    [
      'longs beyond 2^53',
      '{0:9223372036854775807,1:9007199254740991,2:-9007199254740992}',
      { 0: '9223372036854775807n', 1: 9007199254740991, 2: '-9007199254740992n' },
    ],
    [
      'references',
      '{"a":{"b":[{"c":1}]},"x":{"$ref":"$.a.b[0]"},"y":[{"$ref":"$.a"}]}',
      { a: { b: [{ c: 1 }] }, x: { c: 1 }, y: [{ b: [{ c: 1 }] }] },
    ],
    [
      'references to names with signs',
      '{"t":{"%R%a.b":{"c":1}},"x":{"$ref":"$.t.\\\\%R\\\\%a\\\\.b"}}',
      { t: { '%R%a.b': { c: 1 } }, x: { c: 1 } },
    ],
    [
      'names of Object.prototype',
      '{0:1,"__proto__":{"a":1},"toString":2}',
      JSON.parse('{"0":1,"__proto__":{"a":1},"toString":2}'),
    ],
  ])('reads %s', (_what, text, value) => {
    expect(plain(parseFastjson(text))).toEqual(plain(value));
  });

  it.each([
    ['', 'not JSON: no value at character 0'],
    ['{0:', 'not JSON: no value at character 3'],
    ['{0:1', 'not JSON: the text ends early at character 4'],
    ['{0 1}', 'not JSON: no colon after a key at character 3'],
    ['{0:1 2:3}', 'not JSON: neither , nor } after a value at character 5'],
    ['{0:"a', 'not JSON: a string without end at character 5'],
    ['{0:"\\u12"}', 'not JSON: a wrong escape at character 5'],
    ['{:1}', 'not JSON: no key at character 1'],
    ['{0:1}x', 'not JSON: text after the end at character 5'],
    ['[nothing]', 'not JSON: the word nothing at character 8'],
    ['[1..2]', 'not JSON: the word 1..2 at character 5'],
    ['{"a":{"$ref":"$.b"}}', 'the reference $.b leads nowhere'],
    ['{"a":{"$ref":".."}}', 'the reference .. is not supported'],
    [`{0:${'['.repeat(100)}`, 'not JSON: nesting deeper than 64 at character 67'],
  ])('says what is wrong with %j', (text, message) => {
    expect(parseFastjson(text)).toMatchObject({ message });
    expect(parseFastjson(text)).toBeInstanceOf(BodyError);
  });

  it('reads standard JSON as JSON.parse does, the tolerant way too', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(rounded(parseFastjson(text))).toEqual(JSON.parse(text));
        // The numeric key makes it non-standard, so that the tolerant parser reads all of it.
        expect(rounded(parseFastjson(`{0:${text}}`))).toEqual({ 0: JSON.parse(text) });
      }),
    );
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('{', '}', '[', ']', ':', ',', '"', "'", '\\', '0', 'a', '$ref', '"$ref":"$', '.', ' '),
        ),
        (parts) => {
          expect(() => parseFastjson(parts.join(''))).not.toThrow();
        },
      ),
      { numRuns: 3000 },
    );
  });
});
