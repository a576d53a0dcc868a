import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MARK_VARIABLE } from '../../jepsen-lite/live/watchdog/undo.ts';
import { Watchdog } from '../../jepsen-lite/live/watchdog/watchdog.ts';
import { until } from '../../scripts/bench/failover/until.ts';
import { program, temporaryFolder } from './harness/live-group.ts';

/** A run: it registers two undos with a watchdog, says which pid that has, and waits for its own end. */
const run = (watchdog: string, folder: string): string => `
  const { spawn } = require('node:child_process');
  const dog = spawn(process.execPath, [${JSON.stringify(watchdog)}, ${JSON.stringify(join(folder, 'journal'))}], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  const orders = [{ kind: 'remove', path: ${JSON.stringify(join(folder, 'left'))} }, { kind: 'kill-marked', mark: 'live-test' }];
  orders.forEach((undo, add) => dog.stdin.write(JSON.stringify({ add, undo }) + '\\n'));
  let text = '';
  dog.stdout.on('data', (chunk) => { text += chunk; if (text.includes('"noted":1')) console.log(dog.pid); });
`;

test.runIf(process.platform === 'linux')('what a run leaves behind when it is killed is undone', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'left'));
  const env = { ...process.env, [MARK_VARIABLE]: 'live-test' };
  const marked = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { env, stdio: 'ignore' });
  const markedEnd = new Promise((resolve) => marked.once('exit', (_code, signal) => resolve(signal)));
  const killed = spawn(process.execPath, ['-e', run(program('watchdog'), folder)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => killed.stdout.once('data', resolve));
  killed.kill('SIGKILL');
  expect(await markedEnd).toBe('SIGKILL');
  await until('that the folder is gone', 10_000, () => !existsSync(join(folder, 'left')));
  await until('that the journal tells it', 10_000, () => {
    const lines = readFileSync(join(folder, 'journal'), 'utf8').trim().split('\n');
    return lines.length === 2;
  });
  expect(readFileSync(join(folder, 'journal'), 'utf8')).toMatch(
    /undone: kill the processes of run live-test\n.*undone: remove .*left\n$/,
  );
});

test('a run that ends in order undoes what is left itself, and no watchdog stays', async () => {
  const folder = temporaryFolder();
  const left = ['a', 'b', 'c'].map((name) => join(folder, name));
  for (const path of left) mkdirSync(path);
  const watchdog = new Watchdog(program('watchdog'), join(folder, 'journal'));
  const numbers: number[] = [];
  for (const path of left) numbers.push(await watchdog.register({ kind: 'remove', path }));
  await watchdog.undo(numbers[1] as number);
  expect(left.map(existsSync)).toEqual([true, false, true]);
  const { pid } = watchdog;
  expect(await watchdog.end()).toEqual([]);
  expect(left.map(existsSync)).toEqual([false, false, false]);
  expect(() => process.kill(pid as number, 0)).toThrow();
  expect(readFileSync(join(folder, 'journal'), 'utf8')).toBe('');
});
