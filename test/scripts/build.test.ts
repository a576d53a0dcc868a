import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Inside the repository, so that packages are found, under a name that git ignores. */
const folder = mkdtempSync(join(root, 'dist.test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function build(...args: string[]) {
  return spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), ...args], { cwd: root, encoding: 'utf8' });
}

test('every program of the table has its entry file and its line in package.json, and the reverse for what is built', () => {
  const table = JSON.parse(build('--list').stdout) as Record<string, string>;
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  for (const [name, entry] of Object.entries(table)) {
    expect(existsSync(join(root, entry)), `${name} -> ${entry}`).toBe(true);
    expect(bin[name], `bin.${name} in package.json`).toBe(`dist/bin/${name}.js`);
  }
  const built = Object.keys(table);
  const entries = ['cluster/bin', 'src/admin/bin'].filter((each) => existsSync(join(root, each)));
  const programs = entries.flatMap((each) => readdirSync(join(root, each))).map((file) => file.replace(/\.ts$/, ''));
  expect(programs.filter((name) => bin[name] && !built.includes(name))).toEqual([]);
});

test('a program becomes one executable file; what it imports lazily stays beside it, and an unchanged build is not repeated', () => {
  const entry = join(folder, 'sample.ts');
  const out = join(folder, 'out');
  writeFileSync(join(folder, 'eager.ts'), 'export const eager: string = "eager";\n');
  writeFileSync(join(folder, 'lazy.ts'), 'console.log("lazy loaded");\nexport const lazy: string = "lazy";\n');
  const body = [
    "import native from 'fs-native-extensions';",
    "import { eager } from './eager.ts';",
    "console.log(eager, typeof native.tryLock, 'listening');",
    "console.log((await import('./lazy.ts')).lazy);",
  ];
  writeFileSync(entry, `${body.join('\n')}\n`);

  const args = ['--out', out, '--program', `sample=${relative(root, entry)}`];
  expect(build(...args).stderr).toContain('Built sample');
  const program = join(out, 'sample.js');
  const text = readFileSync(program, 'utf8');
  expect(text.startsWith('#!/usr/bin/env node\n')).toBe(true);
  expect(statSync(program).mode & 0o111).toBe(0o111);
  expect(text).toContain('"eager"');
  expect(text).not.toContain('lazy loaded');
  expect(text).toContain('"fs-native-extensions"');
  expect(spawnSync(process.execPath, [program], { encoding: 'utf8' }).stdout).toBe(
    'eager function listening\nlazy loaded\nlazy\n',
  );

  const again = build(...args);
  expect([again.status, again.stderr]).toEqual([0, '']);
});

test('a missing entry stops the build with a sentence and leaves nothing behind', () => {
  const out = join(folder, 'missing');
  const run = build('--out', out, '--program', 'ghost=cluster/bin/ghost-program.ts');
  expect(run.status).toBe(1);
  expect(run.stderr).toContain('program ghost: its entry cluster/bin/ghost-program.ts does not exist');
  expect(readdirSync(folder).filter((name) => name.startsWith('missing'))).toEqual([]);
});
