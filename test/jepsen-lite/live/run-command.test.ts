import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { complaintOf } from '../../../jepsen-lite/live/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-run-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The numbers in a file that a command wrote. */
function numbersIn(file: string): number[] {
  return readFileSync(file, 'utf8').trim().split(/\s+/).map(Number);
}

test('a command and what it starts get no Ctrl-C of this process: they are a process group of their own', async () => {
  const file = join(folder, 'group');
  const command = `sleep 60 & echo $$ $! $(ps -o pgid= -p $!) > ${file}`;
  expect(await complaintOf(['sh', '-c', command])).toBeUndefined();
  const [shell = 0, started = 0, group] = numbersIn(file);
  process.kill(started, 'SIGKILL');
  expect(group).toBe(shell);
});
