import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { codeComplaints } from './tidy/code-rules.ts';
import { textComplaints } from './tidy/text-rules.ts';
import { lockComplaints, treeComplaints } from './tidy/tree-rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every file of the repository that git tracks or would track. */
const paths = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)));

function read(path: string): string {
  const bytes = readFileSync(join(root, path));
  return bytes.includes(0) ? '' : bytes.toString('utf8');
}

test('every file keeps the rules of the house', () => {
  const complaints = paths.flatMap((path) => {
    const text = read(path);
    return [...textComplaints(path, text), ...(/\.(ts|mjs)$/.test(path) ? codeComplaints(path, text) : [])];
  });
  const all = [
    ...complaints,
    ...treeComplaints(paths),
    ...lockComplaints('package-lock.json', read('package-lock.json')),
  ];
  expect(all.map(({ file, line, rule }) => `${file}:${line} ${rule}`)).toEqual([]);
  expect(paths).toContain('test/tidy.test.ts');
});
