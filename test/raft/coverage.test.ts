import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));
const [, ofRaft = '', ofPaper = ''] = readFileSync(`${folder}README.md`, 'utf8').split(/^## `raft\w*_test\.go`$/m);

interface Row {
  readonly name: string;
  readonly here: string;
}

function rowsOf(section: string): Row[] {
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, name, here] = /^\| `(\w+)` \| (.+) \|$/.exec(line) ?? [];
      if (name === undefined || here === undefined) throw new Error(`not a row of two cells: ${line}`);
      return { name, here };
    });
}

/** What a row names that is not there: a file, a test in it, a script; or that it names nothing at all. */
function faults({ here }: Row): string[] {
  const tests = [...here.matchAll(/`([\w./-]+\.test\.ts)` "([^"]+)"/g)].map(([, file = '', title = '']) => {
    const path = `${folder}${file}`;
    if (!existsSync(path)) return `no file ${file}`;
    const text = readFileSync(path, 'utf8');
    return [`'${title}'`, `"${title}"`].some((quoted) => text.includes(quoted)) ? '' : `no test "${title}" in ${file}`;
  });
  const scripts = [...here.replace(/"[^"]*"/g, '').matchAll(/`([a-z0-9-]+)`/g)].map(([, name]) =>
    existsSync(`${folder}testdata/${name}.txt`) ? '' : `no script ${name}`,
  );
  const found = [...tests, ...scripts];
  if (found.length === 0 && !/^does not apply: \w+/.test(here)) return ['neither a test nor a reason'];
  return found.filter((fault) => fault !== '');
}

describe('the table of what etcd-io/raft tests', () => {
  it('has a row for each of its tests, and no test twice', () => {
    for (const [section, count] of [
      [ofRaft, 118],
      [ofPaper, 26],
    ] as const) {
      const names = rowsOf(section).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names).toHaveLength(count);
      expect(names.every((name) => name.startsWith('Test'))).toBe(true);
    }
  });

  it('names only what is there', () => {
    const rows = [...rowsOf(ofRaft), ...rowsOf(ofPaper)];
    expect(rows.flatMap((row) => faults(row).map((fault) => `${row.name}: ${fault}`))).toEqual([]);
  });

  it('is not believed where it names what is not there', () => {
    const row = (here: string): Row => ({ name: 'TestX', here });
    expect(faults(row('`figure-9`'))).toEqual(['no script figure-9']);
    expect(faults(row('`thesis.test.ts` "no such rule"'))).toEqual(['no test "no such rule" in thesis.test.ts']);
    expect(faults(row('`no.test.ts` "a rule"'))).toEqual(['no file no.test.ts']);
    expect(faults(row('somewhere'))).toEqual(['neither a test nor a reason']);
    expect(faults(row('does not apply: '))).toEqual(['neither a test nor a reason']);
  });
});
