import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importJsonl } from '../../../jepsen-lite/checker/import-jsonl.ts';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'ledgermq-sim-'));
/** In the repository, from whose sources planted bugs are built, under a name that git ignores. */
const programs = mkdtempSync(join(root, 'dist.test-'));
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
afterAll(() => {
  for (const each of [folder, programs]) rmSync(each, { recursive: true });
});

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
  const args = ['--seed', '4', ...SHORT, '--trace', '--timeline', 'one.svg', '--history', 'one.jsonl'];
  const { stdout, stderr, status } = sim(...args);
  expect(status).toBe(0);
  const [header, ...lines] = stdout.trimEnd().split('\n');
  expect(header).toBe('time_ms\tnode\twhat\ta\tb');
  expect(lines.filter((line) => line.split('\t').length !== 5)).toEqual([]);
  expect(stderr).toContain('1 seeds pass');
  expect(lines[0]).toMatch(/^\d+\.\d{3}\tn\d\topened\t1\t1$/);
  expect(readFileSync(join(folder, 'one.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  const read = importJsonl(readFileSync(join(folder, 'one.jsonl'), 'utf8').split('\n'), { drained: true });
  const operations = 'history' in read ? [...read.history.operations()] : [];
  const count = (op: string): number => operations.filter((each) => each.op === op && each.outcome === 'ok').length;
  expect(count('append')).toBeGreaterThan(20);
  expect(count('read')).toBeGreaterThan(20);
  // The plain format, and nothing else, unless details are asked for.
  expect(fieldsIn('one.jsonl')).toEqual(['call', 'client', 'key', 'offset', 'ok', 'op', 'result', 'return', 'value']);
  expect(count('assign')).toBe(0);
  expect(sim('--seed', '4', ...SHORT, '--history', 'more.jsonl', '--details').status).toBe(0);
  expect(fieldsIn('more.jsonl')).toEqual(expect.arrayContaining(['consumer', 'error', 'group', 'node']));
  expect(sim('--seed', '4', '--details').stderr).toBe(
    '--details says what --history FILE holds: name the file. --help tells more.\n',
  );
});

/** Names of all fields that lines of a file have. */
function fieldsIn(name: string): string[] {
  const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
  return [...new Set(lines.flatMap((line) => Object.keys(JSON.parse(line) as object)))].sort();
}

test('a trace whose reader has seen enough ends without a word', () => {
  const line = `node ${join(programs, 'sim.js')} --seed 4 ${SHORT.join(' ')} --trace | head -n 2; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8', cwd: folder });
  expect(stdout.split('\n').slice(0, 1)).toEqual(['time_ms\tnode\twhat\ta\tb']);
  expect(stdout.trimEnd().split('\n').slice(2)).toEqual(['141']);
  expect(stderr).toBe('');
});

test('a bug that is found is told of as any failure, with files', () => {
  const { status, stdout } = sim('--bug', 'ack-before-commit', ...SHORT, '--failures', 'found');
  expect(status).toBe(0);
  expect(stdout).toContain('seed 1 FAILS: acknowledged-kept');
  expect(stdout).toMatch(
    /again with: npm run sim -- --seed 1 --nodes 3 --minutes 0\.2 --bug ack-before-commit --seeds 1 --trace\n/,
  );
  expect(stdout).toContain('smallest schedule that breaks this promise (0 of ');
  expect(stdout).toContain('ok   ack-before-commit: found by seed 1, the 1., by acknowledged-kept');
  const found = join(folder, 'found/ack-before-commit-seed-1-3n');
  expect(readdirSync(found).sort()).toEqual(['history.jsonl', 'log.txt', 'schedule.json', 'timeline.svg', 'trace.tsv']);
  expect(JSON.parse(readFileSync(join(found, 'schedule.json'), 'utf8'))).toEqual([]);
});

test('a file that cannot be written is refused before anything is played', () => {
  for (const [option, path] of [
    ['--json', 'nowhere/x.json'],
    ['--timeline', folder],
    ['--history', 'nowhere/x.jsonl'],
    ['--resume', 'nowhere/x.jsonl'],
  ] as const) {
    const { status, stdout, stderr } = sim('--seed', '1', ...SHORT, option, path);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${option} ${path}: `);
  }
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  writeFileSync(join(folder, 'a-file'), '');
  expect(sim('--seed', '1', ...SHORT, '--failures', 'a-file/below').stderr).toContain('a-file is a file, and a folder');
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
      `--schedule ${file}: fault 1: in dledger mode there is no kind of fault flood. --help tells more.\n`,
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
  const parts = ['jepsen-lite/bin/chaos-broker.ts', 'jepsen-lite/bin/chaos-namesrv.ts', 'jepsen-lite/bin/watchdog.ts'];
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
