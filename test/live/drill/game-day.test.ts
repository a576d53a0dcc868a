import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../../../scripts/bench/failover/until.ts';
import { temporaryFolder } from '../harness/live-group.ts';
import { bounded, start } from '../harness/run-program.ts';

const RUN_MS = 120_000;

/** Writes a game day of two drills, of which the first is stopped because its sends are too slow for it. */
function gameDayIn(folder: string, more: object = {}): string {
  writeFileSync(join(folder, 'strict.json'), '{ "preset": "pause", "abort": { "maxP99Ms": 1 } }');
  const file = join(folder, 'day.json');
  const drills = [{ drill: 'strict.json', note: 'Tell the people on call.' }, { drill: 'leader-kill' }];
  writeFileSync(file, JSON.stringify({ name: 'friday', drills, ...more }));
  return file;
}

test('a game day ends with the first drill that does not pass, and says so', { timeout: RUN_MS }, async () => {
  const folder = temporaryFolder();
  const runs = join(folder, 'runs');
  const played = start('drill', ['game-day', gameDayIn(folder), '--seed', '1', '--dir', runs]);
  const { code, stdout, stderr } = await bounded(played, RUN_MS);
  expect(stderr).toContain('Tell the people on call.');
  expect(stdout).toContain('# Game day friday: 0 of 2 drills passed');
  expect(stdout).toMatch(/\| pause \| \*\*aborted\*\*: p99 of the sends is \d+ ms \(abort.maxP99Ms 1\) \|/);
  expect(stdout).toContain('| leader-kill | **not played** | 0 |');
  expect(code).toBe(1);
  const [day = ''] = readdirSync(runs);
  const left = readdirSync(join(runs, day));
  expect(left).toEqual(expect.arrayContaining(['game-day.json', 'game-day.md', expect.stringMatching(/^pause-/)]));
  const { results } = JSON.parse(readFileSync(join(runs, day, 'game-day.json'), 'utf8')) as { results: object[] };
  expect(results).toMatchObject([{ outcome: 'aborted' }, { outcome: 'not played' }]);
  const [run = ''] = left.filter((name) => name.startsWith('pause-'));
  expect(existsSync(join(runs, day, run, 'report.html'))).toBe(true);
  expect(stdout).toContain(`Again with: \`drill ${join(folder, 'strict.json')} --seed 1\``);
});

test('a game day with a calendar waits for its time, and Ctrl-C ends the waiting', { timeout: RUN_MS }, async () => {
  const folder = temporaryFolder();
  const file = gameDayIn(folder, { at: '0 10 * * 5' });
  const waiting = start('drill', ['game-day', file, '--dir', join(folder, 'runs')]);
  await until('that it waits', RUN_MS, () => existsSync(join(folder, 'runs')));
  const { code, stderr } = await waiting.stop('SIGINT');
  expect(stderr).toMatch(/^game day friday is played at \d+-\d\d-\d\d 10:00; Ctrl-C ends the waiting$/m);
  expect(code).toBe(0);
  expect(readdirSync(join(folder, 'runs'))).toEqual([]);
});
