import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const textOf = (folder: string): string =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
    .join('\n');

/** What judges runs, and never was seen to convict, proves nothing: whoever adds a judge adds its test. */
test('every checker has a test that a broken copy of it is caught', () => {
  const checkers = [...textOf('jepsen-lite/checker').matchAll(/^export function (check[A-Z]\w+)\(/gm)].map(
    ([, name]) => name,
  );
  expect(checkers.length).toBeGreaterThan(7);
  const tests = textOf('test/jepsen-lite/checker').split("describe('a broken checker is caught'").slice(1).join('\n');
  expect(checkers.filter((name) => !tests.includes(`mutant.${name}`))).toEqual([]);
});

test('every invariant has a test that breaks it', () => {
  const invariants = [
    ...textOf('jepsen-lite/invariant').matchAll(/class (\w+)(?: implements Invariant)? \{\n {2}readonly name = '/g),
  ].map(([, name]) => name);
  expect(invariants.length).toBeGreaterThan(26);
  const tests = textOf('test/jepsen-lite/invariant');
  expect(invariants.filter((name) => !tests.includes(`new ${name}(`))).toEqual([]);
});
