import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
/** Scripts that build a program and then are that program. */
const programs = Object.entries(scripts).filter(([, script]) => script.includes('build.mjs') && / dist\./.test(script));

/** Holds a `node` that does no more than tell its arguments and its pid. */
const folder = mkdtempSync(join(tmpdir(), 'ledgermq-npm-scripts-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'node'), '#!/bin/sh\necho "$1 $$"\n', { mode: 0o755 });

test('there are such scripts', () => {
  expect(programs.map(([name]) => name)).toEqual(['bench:failover', 'chaos', 'sim']);
});

test.for(programs)('a signal for npm run %s reaches its program', ([, script]) => {
  const { PATH: path } = process.env;
  const env = { ...process.env, PATH: `${folder}${delimiter}${path}` };
  // npm starts scripts so, and sends on to the shell what signals it gets.
  const { pid, stdout } = spawnSync('sh', ['-c', script], { env, encoding: 'utf8' });
  const last = stdout.trim().split('\n').at(-1);
  expect(last).toMatch(new RegExp(`^dist\\.\\S+\\.js ${pid}$`));
});
