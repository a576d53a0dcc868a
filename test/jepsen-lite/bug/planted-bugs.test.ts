import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { bugRecordsIn } from '../../../jepsen-lite/bin/bug-records.ts';
import { plantedBugs } from '../../../jepsen-lite/bug/planted-bugs.ts';

const root = join(import.meta.dirname, '../../..');
const bugFolder = join(root, 'jepsen-lite/bug');

test('every folder is a bug of the list, by its name, and says what it breaks, why, and what finds it', () => {
  const folders = readdirSync(bugFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(plantedBugs.map(({ name }) => name)).toEqual(folders.map(({ name }) => name).sort());
  for (const { breaks, source, foundBy } of plantedBugs) {
    expect(breaks).toMatch(/\.$/);
    expect(source.length).toBeGreaterThan(5);
    expect(foundBy.length).toBeGreaterThan(0);
  }
});

test('every bug has a seed on record, found by what must find it', () => {
  const file = readFileSync(join(bugFolder, 'found.txt'), 'utf8');
  const records = new Map(bugRecordsIn(file).map(({ name, foundBy }) => [name, foundBy]));
  expect([...records.keys()].sort()).toEqual(plantedBugs.map(({ name }) => name).sort());
  for (const { name, foundBy } of plantedBugs) expect(foundBy, name).toContain(records.get(name));
});

for (const { name, replaces } of plantedBugs) {
  test(`${name} offers all that ${replaces} offers, and something of it is another thing`, async () => {
    const mistake = join(bugFolder, name, basename(replaces));
    expect(existsSync(join(root, replaces))).toBe(true);
    const real = (await import(join(root, replaces))) as Record<string, unknown>;
    const planted = (await import(mistake)) as Record<string, unknown>;
    expect(Object.keys(planted)).toEqual(expect.arrayContaining(Object.keys(real)));
    expect(Object.keys(real).some((key) => planted[key] !== real[key])).toBe(true);
  });
}
