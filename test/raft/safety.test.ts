import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(`${root}raft/SAFETY.md`, 'utf8');
const [rules = '', table = ''] = text.split(/^## Appendix: .*$/m);
const rows = table
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

/** What the third cell of a row names that is not there; or that it names nothing. */
function faults(cell: string): string[] {
  const found: string[] = [];
  let files = 0;
  for (const [, file = '', titles = ''] of cell.matchAll(/`([\w./-]+\.test\.ts)`((?:,? "[^"]+")*)/g)) {
    files++;
    if (!existsSync(`${root}test/${file}`)) found.push(`no file test/${file}`);
    else {
      const source = readFileSync(`${root}test/${file}`, 'utf8');
      for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g))
        if (!source.includes(title)) found.push(`no test "${title}" in ${file}`);
    }
  }
  for (const [, invariant] of cell.matchAll(/invariant `([\w-]+)`/g)) {
    if (!existsSync(`${root}jepsen-lite/invariant/${invariant}.ts`)) found.push(`no invariant ${invariant}`);
  }
  return files > 0 ? found : [...found, 'no test'];
}

it('every section of the rules has rows, of three cells each', () => {
  const sections = [...rules.matchAll(/^## (\d+)\. /gm)].map(([, number]) => Number(number));
  expect(sections).toEqual(Array.from({ length: sections.length }, (_, i) => i + 1));
  expect(sections.length).toBeGreaterThanOrEqual(11);
  expect(rows.every((row) => row.length === 3)).toBe(true);
  const held = new Set(rows.map(([rule]) => Number.parseInt(rule as string, 10)));
  expect(sections.filter((section) => !held.has(section))).toEqual([]);
});

it('every row names a test that is there', () => {
  expect(rows.flatMap(([rule, , tests = '']) => faults(tests).map((fault) => `${rule}: ${fault}`))).toEqual([]);
});

it('is not believed where it names what is not there', () => {
  expect(faults('–')).toEqual(['no test']);
  expect(faults('`raft/no-such.test.ts`')).toEqual(['no file test/raft/no-such.test.ts']);
  const two = '`raft/members.test.ts` "replaces no stranger, and by no stranger", "no such rule"';
  expect(faults(two)).toEqual(['no test "no such rule" in raft/members.test.ts']);
  expect(faults('`raft/members.test.ts`; invariant `no-such`')).toEqual(['no invariant no-such']);
});

it.each(['core', 'driver'])("the README of raft/%s names each of that folder's files", (folder) => {
  const readme = readFileSync(`${root}raft/${folder}/README.md`, 'utf8');
  const files = readdirSync(`${root}raft/${folder}`).filter((name) => name.endsWith('.ts'));
  expect(files.filter((name) => !readme.includes(`\`${name.replace('.ts', '')}\``))).toEqual([]);
});
