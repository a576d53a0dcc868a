import { expect, test } from 'vitest';
import { parseProperties } from '../../../src/broker/config/properties.ts';

function asPairs(text: string): string[][] {
  return parseProperties(text).entries.map(({ key, value }) => [key, value]);
}

test('separators are =, : and blanks, and only the first one counts', () => {
  expect(asPairs('a=1\nb : 2\n  c\t3\nd=x=y\ne\nf=\n')).toEqual([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
    ['d', 'x=y'],
    ['e', ''],
    ['f', ''],
  ]);
});

test('comments and blank lines are skipped, also between continued lines of a value', () => {
  expect(asPairs('# one\n  ! two\n\nk=a;\\\n    b;\\\r\n  #c\nn=1')).toEqual([
    ['k', 'a;b;#c'],
    ['n', '1'],
  ]);
});

test('an even number of backslashes does not continue a line', () => {
  expect(asPairs('k=a\\\\\nn=1')).toEqual([
    ['k', 'a\\'],
    ['n', '1'],
  ]);
});

test('escapes are resolved in keys and values', () => {
  expect(asPairs('a\\ b\\=c=\\u0041\\t\\:x\\q')).toEqual([['a b=c', 'A\t:xq']]);
});

test('a broken unicode escape is reported with its line', () => {
  expect(parseProperties('a=1\nb=\\u00g1\n')).toEqual({
    entries: [{ key: 'a', value: '1', line: 1 }],
    errors: [{ line: 2, problem: 'a \\u escape needs four hexadecimal digits' }],
  });
});
