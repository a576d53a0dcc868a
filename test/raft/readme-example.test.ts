import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { Replica } from '../../raft/index.ts';

interface Store {
  readonly replica: Replica;
  readonly values: ReadonlyMap<string, string>;
  set(key: string, value: string, done: () => void): string | undefined;
  get(key: string, done: (refusal: string | undefined, value: string | undefined) => void): void;
}

type CreateStore = (id: string, voters: readonly string[], group: ReadonlyMap<string, Store>) => Store;

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'raft-readme-'));
const file = join(folder, 'example.ts');
const code = /```ts\n([\s\S]*?)```/.exec(readFileSync(`${root}raft/README.md`, 'utf8'))?.[1] ?? '';
writeFileSync(file, code.replace("'./index.ts'", `'${root}raft/index.ts'`));
writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
afterAll(() => rmSync(folder, { recursive: true }));

it('has at most 40 lines, as the formatter of this repository writes them', () => {
  expect(code.split('\n').length - 1).toBeLessThanOrEqual(40);
  const biome = `${root}node_modules/@biomejs/biome/bin/biome`;
  const { stdout } = spawnSync(process.execPath, [biome, 'format', '--stdin-file-path=raft/example.ts'], {
    cwd: root,
    input: code,
    encoding: 'utf8',
  });
  expect(stdout).toBe(code);
});

it('compiles', { timeout: 60_000 }, () => {
  const config = {
    extends: `${root}tsconfig.json`,
    compilerOptions: { typeRoots: [`${root}node_modules/@types`], rewriteRelativeImportExtensions: false },
    include: ['example.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

it('replicates a map, and serves it from a new leader when the old one is gone', async () => {
  const { createStore } = (await import(/* @vite-ignore */ file)) as { createStore: CreateStore };
  const group = new Map<string, Store>();
  const ids = ['a', 'b', 'c'];
  for (const id of ids) group.set(id, createStore(id, ids, group));
  /** Lets so many ticks pass, each with a few turns of the event loop, or fewer, if something has come true. */
  const run = async (ticks: number, done: () => boolean): Promise<boolean> => {
    for (let i = 0; i < ticks && !done(); i++) {
      for (const { replica } of group.values()) replica.tick();
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    return done();
  };
  for (const [id, { replica }] of group) {
    replica.start();
    const hello = { incarnation: 1, inDoubt: true, fresh: true, lastIndex: 0, lastTerm: 0 };
    for (const peer of ids) if (peer !== id) replica.connected({ ...hello, id: peer });
  }
  const leader = () => [...group.values()].find(({ replica }) => replica.status().ready);
  expect(await run(1000, () => leader() !== undefined)).toBe(true);
  const first = leader() as Store;
  const results: unknown[] = [];
  expect(first.set('color', 'green', () => results.push('committed'))).toBeUndefined();
  expect(await run(1000, () => [...group.values()].every(({ values }) => values.get('color') === 'green'))).toBe(true);
  expect(results).toEqual(['committed']);
  first.replica.stop();
  group.delete(first.replica.status().id);
  expect(first.set('color', 'red', () => {})).toBe('stopped');
  expect(await run(1000, () => leader() !== undefined)).toBe(true);
  leader()?.get('color', (refusal, value) => results.push(refusal, value));
  expect(await run(1000, () => results.length === 3)).toBe(true);
  expect(results).toEqual(['committed', undefined, 'green']);
});
