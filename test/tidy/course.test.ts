import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../jepsen-lite');

/** What the course has its reader write, and what a run makes. */
const made = ['checker/longest-send.ts', 'report.html'];

/** The course's words in backticks, without its blocks of code. */
function namesIn(readme: string): string[] {
  const course = /\n## A course in.*?(?=\n## )/s.exec(readme)?.[0] ?? '';
  const prose = course.replace(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** Those that name a file or a folder of this one, or something that is declared in it, and are not there. */
function missing(names: readonly string[], sources: string): string[] {
  return names.filter((name) => {
    if (made.includes(name) || name.includes(' ') || /^[.-]/.test(name)) return false;
    if (/\/|\.\w+$/.test(name)) return !existsSync(join(folder, name)) && !existsSync(join(folder, '..', name));
    if (!/^[A-Za-z]+[a-z][A-Z]\w*$/.test(name)) return false;
    return !new RegExp(`\\b(function|const|class|interface|type) ${name}\\b`).test(sources);
  });
}

function sourcesIn(path: string): string {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.map((file) => readFileSync(join(path, file), 'utf8')).join('\n');
}

test('files, folders and functions that the course names are there', () => {
  const names = namesIn(readFileSync(join(folder, 'README.md'), 'utf8'));
  expect(names).toEqual(expect.arrayContaining(['judgeRun', 'checker/judge-run.ts', 'LiveFault']));
  expect(missing(names, sourcesIn(folder))).toEqual([]);
});

test('what is not there is named', () => {
  const readme =
    '\n## A course in two steps\nIn `judgeHistory` of `live/none.ts`:\n```ts\n`x/y`\n```\nand `bug/`.\n\n## Else\n`a/b`';
  expect(namesIn(readme)).toEqual(['judgeHistory', 'live/none.ts', 'bug/']);
  expect(missing(namesIn(readme), 'function judge() {}')).toEqual(['judgeHistory', 'live/none.ts']);
});
