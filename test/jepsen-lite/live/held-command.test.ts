import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isRunning } from '../../../cluster/launch/launched-process.ts';
import { processStartTime } from '../../../cluster/launch/process-identity.ts';
import { commandOver, HeldCommand } from '../../../jepsen-lite/live/held-command.ts';
import { until } from '../../../scripts/bench/failover/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-held-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts a process, writes its pid into a file, and waits for it. */
function longCommand(file: string): string {
  return `sleep 60 & echo $! > ${file}; wait`;
}

/** Does the process run whose pid is in the file? */
function startedIsThere(file: string): boolean {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.endsWith('\n') && processStartTime(Number(text)) !== undefined;
}

test('nothing happens before it is let go, and nothing at all if it never is', async () => {
  const file = join(folder, 'cancelled');
  const held = new HeldCommand(['touch', file]);
  expect(isRunning(held.process)).toBe(true);
  held.cancel();
  await commandOver(held.process);
  expect(existsSync(file)).toBe(false);
});

test.for([
  ['true', undefined],
  ['exit 3', 'exit code 3'],
  ['echo no route >&2; exit 255', 'no route'],
  ['kill -KILL $$', 'it was ended by SIGKILL'],
  ['read -r word || echo nothing to read >&2; false', 'nothing to read'],
] as const)('let go it is the command: %s', async ([command, complaint]) => {
  const held = new HeldCommand(['sh', '-c', command]);
  expect(await held.run()).toBe(complaint);
  expect(isRunning(held.process)).toBe(false);
});

test('what takes too long is ended with all that it started', async () => {
  const file = join(folder, 'late');
  const held = new HeldCommand(['sh', '-c', longCommand(file)]);
  expect(await held.run(500)).toBe('it took longer than 0.5 s');
  await until('that nothing is left', 10_000, () => !startedIsThere(file));
});

test('a command of another process that takes too long is ended with all that it started', async () => {
  const file = join(folder, 'later');
  const held = new HeldCommand(['sh', '-c', longCommand(file)]);
  const ended = held.run();
  await until('that it has begun', 10_000, () => startedIsThere(file));
  await commandOver(held.process, 0);
  expect(await ended).toBe('it was ended by SIGKILL');
  await until('that nothing is left', 10_000, () => !startedIsThere(file));
});
