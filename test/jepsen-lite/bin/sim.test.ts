import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importJsonl } from '../../../jepsen-lite/checker/import-jsonl.ts';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'ledgermq-sim-'));
const programs = join(folder, 'programs');
const build = join(root, 'scripts/build.mjs');
const worker = ['--program', 'worker=jepsen-lite/bin/worker.ts'];
const SHORT = ['--minutes', '0.2'];

beforeAll(() => {
  execFileSync(process.execPath, [
    build,
    '--quiet',
    '--out',
    programs,
    '--program',
    'sim=jepsen-lite/bin/sim.ts',
    ...worker,
  ]);
});
afterAll(() => rmSync(folder, { recursive: true }));

function sim(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(programs, 'sim.js'), ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

test('seeds are played and told of; a second run leaves out what the results file has', () => {
  const results = join(folder, 'results.jsonl');
  const json = join(folder, 'summary.json');
  const first = sim('--seeds', '2', '--workers', '2', ...SHORT, '--resume', results);
  expect(first.stderr).toContain('has 0 of these seeds');
  expect(first.stdout).toContain('2/2 seeds');
  expect(first.status).toBe(0);
  const second = sim('--seeds', '3', ...SHORT, '--resume', results, '--json', json);
  expect(second.stderr).toContain('has 2 of these seeds');
  expect(second.status).toBe(0);
  expect(readFileSync(results, 'utf8').trim().split('\n')).toHaveLength(3);
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ seeds: 3, numPassedTests: 3, numFailedTests: 0 });
});

test('a trace has columns, a timeline is drawn, and what clients did is written for other checkers', () => {
  const { stdout, status } = sim('--seed', '4', ...SHORT, '--trace', '--timeline', 'one.svg', '--history', 'one.jsonl');
  expect(status).toBe(0);
  const [header, ...lines] = stdout.split('\n');
  expect(header).toBe('time_ms\tnode\twhat\ta\tb');
  expect(lines[0]).toMatch(/^\d+\.\d{3}\tn\d\topened\t1\t1$/);
  expect(readFileSync(join(folder, 'one.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  const read = importJsonl(readFileSync(join(folder, 'one.jsonl'), 'utf8').split('\n'), { drained: true });
  const operations = 'history' in read ? [...read.history.operations()] : [];
  const count = (op: string): number => operations.filter((each) => each.op === op && each.outcome === 'ok').length;
  expect(count('append')).toBeGreaterThan(20);
  expect(count('read')).toBeGreaterThan(20);
});

test('wrong arguments end with 2 and a sentence', () => {
  const { status, stderr } = sim('--nodes', 'many');
  expect(status).toBe(2);
  expect(stderr).toBe('--nodes many: 3 or 5 is needed. --help tells more.\n');
});

test('a schedule that cannot be read, or names what is no fault, ends with 2 and a sentence, also where a bug is hunted', () => {
  const file = join(folder, 'strange.json');
  writeFileSync(file, '[{"kind":"flood","atMs":1,"target":"all","forMs":1}]');
  for (const what of [[], ['--bug', 'forgotten-vote']]) {
    const { status, stderr } = sim('--seed', '1', ...what, '--schedule', file);
    expect([status, stderr]).toEqual([
      2,
      `--schedule ${file}: in dledger mode there is no kind of fault flood. --help tells more.\n`,
    ]);
  }
  expect(sim('--seed', '1', '--schedule', 'nowhere.json').status).toBe(2);
});

test('a build puts a planted bug in the place of its module, and fails where nobody imports that', () => {
  const planted = join(folder, 'planted');
  const replace = 'raft/core/durable-marks.ts=jepsen-lite/bug/stale-persist-counted/durable-marks.ts';
  execFileSync(process.execPath, [build, '--quiet', '--out', planted, ...worker, '--replace', replace]);
  const marks = (text: string): number => text.match(/var DurableMarks\S* = class/g)?.length ?? 0;
  expect(marks(readFileSync(join(programs, 'worker.js'), 'utf8'))).toBe(1);
  expect(marks(readFileSync(join(planted, 'worker.js'), 'utf8'))).toBe(2);
  const nobody = spawnSync(
    process.execPath,
    [
      build,
      '--quiet',
      '--out',
      join(folder, 'x'),
      ...worker,
      '--replace',
      replace.replace('raft/core/', 'raft/core/no-'),
    ],
    { encoding: 'utf8' },
  );
  expect(nobody.status).toBe(1);
  expect(nobody.stderr).toContain('nothing imports the module that is to be replaced');
  expect(existsSync(join(folder, 'x'))).toBe(false);
});

test('shipped programs contain no planted bug', () => {
  const table = JSON.parse(execFileSync(process.execPath, [build, '--list'], { encoding: 'utf8' })) as Record<
    string,
    string
  >;
  const ours = Object.values(table).filter((entry) => entry.startsWith('jepsen-lite/'));
  const parts = ['jepsen-lite/bin/chaos-broker.ts', 'jepsen-lite/bin/watchdog.ts'];
  const all = [...ours, ...parts].flatMap((entry) => [...importedBy(join(root, entry))]);
  expect(all.length).toBeGreaterThan(ours.length + parts.length);
  expect(all.filter((file) => file.includes('/jepsen-lite/bug/'))).toEqual([]);
  expect([...importedBy(join(root, 'jepsen-lite/bin/sim.ts'))].some((file) => file.includes('/jepsen-lite/bug/'))).toBe(
    true,
  );
});

/** A file and all that it imports, directly or not. */
function importedBy(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known;
  known.add(file);
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()'(\.[^']*\.ts)'/g)) {
    if (specifier !== undefined) importedBy(resolve(dirname(file), specifier), known);
  }
  return known;
}
