import { describe, expect, test } from 'vitest';
import { codeComplaints } from './code-rules.ts';
import { maxSourceLines, textComplaints } from './text-rules.ts';
import { lockComplaints, treeComplaints } from './tree-rules.ts';

const names = (complaints: readonly { rule: string }[]) => complaints.map(({ rule }) => rule.split(':')[0]);

/** Bad code, a place where it is refused, and a place where it is fine (undefined = nowhere). */
const code: readonly [rule: string, text: string, refusedAt: string, fineAt: string | undefined][] = [
  ['math-random', 'export const a = Math.random();', 'src/broker/a.ts', 'src/platform/node/a.ts'],
  ['math-random', "export const a = Math['random']();", 'raft/core/a.ts', 'test/a.ts'],
  ['math-random', 'const { random } = Math;', 'jepsen-lite/sim/a.ts', 'jepsen-lite/live/a.ts'],
  ['math-random', 'const m = Math;', 'cluster/dledger/a.ts', 'cluster/launch/a.ts'],
  ['math-random', 'export const a = Math.random;', 'src/index-file.ts', 'src/index.ts'],
  ['abort-timeout', 'f(AbortSignal.timeout(5));', 'src/client/a.ts', 'test/a.ts'],
  ['abort-timeout', 'f(AbortSignal.timeout(5));', 'cluster/launch/a.ts', 'scripts/a.ts'],
  ['async-core', 'export async function f() {}', 'raft/core/a.ts', 'raft/driver/a.ts'],
  ['async-core', 'export const f = async () => 1;', 'raft/core/a.ts', 'raft/driver/a.ts'],
  ['async-core', 'export class A { async f() {} }', 'raft/core/a.ts', 'raft/driver/a.ts'],
  ['async-core', 'await f();', 'raft/core/a.ts', 'raft/driver/a.ts'],
  ['async-core', 'export const b = 1; for await (const a of c) f(a);', 'raft/core/a.ts', 'raft/driver/a.ts'],
  ['import-type', "export type A = import('../log/a.ts').A;", 'src/base/a.ts', 'test/a.ts'],
  ['import-type', "export type A = typeof import('node:net');", 'raft/core/a.ts', 'test/a.ts'],
  ['computed-import', 'export const a = import(`node:fs`);', 'src/base/a.ts', 'scripts/a.ts'],
  ['computed-import', "export const a = import('node:' + b);", 'cluster/bin/a.ts', 'scripts/a.ts'],
  ['detour', "import { a } from './../log/a.ts';", 'src/base/a.ts', undefined],
  ['detour', "export * from '../base/../log/a.ts';", 'src/base/a.ts', undefined],
  ['detour', "export const a = import('../././log/a.ts');", 'test/a.ts', undefined],
];

describe('code', () => {
  test.each(code)('%s: %s', (rule, text, refusedAt, fineAt) => {
    expect(new Set(names(codeComplaints(refusedAt, text)))).toEqual(new Set([rule]));
    if (fineAt !== undefined) expect(codeComplaints(fineAt, text)).toEqual([]);
  });

  test('words in comments and strings are no code, and a complaint names its line', () => {
    const text = "/** Math.random, await */\nexport const a = 'Math.random()';\nexport const b = Math.random();\n";
    expect(codeComplaints('raft/core/a.ts', text).map(({ line }) => line)).toEqual([3]);
  });

  test('ordinary imports pass', () => {
    const text =
      "import { a } from '../../base/a.ts';\nexport { b } from './b/c.ts';\nexport const c = import('../c.ts');\n";
    expect(codeComplaints('src/broker/processor/a.ts', text)).toEqual([]);
  });
});

/** The pieces are joined here, so that this file passes the rules it tests. */
const join = (...pieces: string[]) => pieces.join('');

const texts: readonly [rule: string, path: string, text: string][] = [
  ['machine-path', 'README.md', join('see /', 'work/main')],
  ['machine-path', 'conf/broker.conf', join('storePathRootDir=/', 'root/store')],
  ['machine-path', 'src/a.ts', join("'/", "root'").replace("t'", 't/x')],
  ['registry-host', 'package-lock.json', join('"https://registry.', 'npmjs.org/a"')],
  ['merge-marker', 'src/a.ts', join('<<<<', '<<< HEAD')],
  ['silencer', 'src/a.ts', join('// biome', '-ignore lint/style/noRestrictedImports: please')],
  ['silencer', 'test/a.ts', join('// @ts', '-ignore')],
  ['long-file', 'src/a.ts', 'a;\n'.repeat(maxSourceLines + 1)],
];

describe('text', () => {
  test.each(texts)('%s in %s', (rule, path, text) => {
    expect(names(textComplaints(path, text))).toEqual([rule]);
  });

  test('innocent text passes', () => {
    const text = [
      'src/network/a.ts',
      'frame/work',
      '$HOME/root/x',
      'https://example.org/work',
      '// biome-ignore lint/a: b',
      '=====',
    ];
    expect(textComplaints('src/a.ts', text.join('\n'))).toEqual([]);
    expect(textComplaints('src/a.ts', 'a;\n'.repeat(maxSourceLines))).toEqual([]);
    expect(textComplaints('package-lock.json', '{}\n'.repeat(maxSourceLines + 1))).toEqual([]);
  });
});

describe('tree', () => {
  test('a top folder without README and a stray script are named', () => {
    const paths = [
      'README.md',
      'raft/core/a.ts',
      'src/README.md',
      'src/a.ts',
      '.ci/run',
      'scripts/README.md',
      'scripts/build.mjs',
      'src/b.js',
    ];
    expect(treeComplaints(paths).map(({ file }) => file)).toEqual(['raft/README.md', 'src/b.js']);
  });

  test('an install script and a host in the lock file are named', () => {
    const packages = {
      '': {},
      'node_modules/fsevents': { hasInstallScript: true },
      'node_modules/a': { hasInstallScript: true, resolved: 'https://host/a.tgz' },
    };
    expect(names(lockComplaints('package-lock.json', JSON.stringify({ packages })))).toEqual([
      'install-script',
      'resolved',
    ]);
  });
});
