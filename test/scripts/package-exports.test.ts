import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** What `npm pack` gives is tried out by test/live/package.test.ts; here only that nothing of the manifest leads nowhere. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  readonly exports: Record<string, string | { readonly types: string; readonly default: string }>;
  readonly files: readonly string[];
};
const built = (JSON.parse(read('tsconfig.build.json')) as { readonly include: readonly string[] }).include;

test('every library that the package exports is built from its door, with types, and packed', () => {
  const libraries = Object.entries(manifest.exports).filter(([name]) => name !== './package.json');
  expect(libraries.map(([name]) => name)).toEqual(['.', './raft']);
  const doors = libraries.map(([, target]) => {
    if (typeof target === 'string') throw new Error(`${target} has no types`);
    const door = target.default.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts');
    expect(target.types).toBe(`./dist/${door.replace(/\.ts$/, '.d.ts')}`);
    expect(manifest.files).toContain(`dist/${door.split('/')[0]}`);
    return door;
  });
  expect(doors).toEqual([...built]);
  for (const door of doors) expect(existsSync(`${root}${door}`), door).toBe(true);
});

test('every folder and paper that is packed is there', () => {
  const sources = manifest.files.filter((file) => !file.startsWith('dist/'));
  const there = sources.map((file) => file.replace('**/', '').replace('*.md', 'README.md'));
  expect(there.filter((file) => !existsSync(`${root}${file}`))).toEqual([]);
});
