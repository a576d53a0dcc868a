import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
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
