import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { processStartTime } from '../../../../cluster/launch/process-identity.ts';
import { HeldCommand } from '../../../../jepsen-lite/live/held-command.ts';
import { MARK_VARIABLE, markedProcesses, perform } from '../../../../jepsen-lite/live/watchdog/undo.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that does nothing until it is killed; resolves when it runs. */
async function idle(mark: string): Promise<{ pid: number; ended: Promise<unknown> }> {
  const script = 'process.stdout.write("up"); setInterval(() => {}, 1e6)';
  const env = { ...process.env, [MARK_VARIABLE]: mark };
  const child = spawn(process.execPath, ['-e', script], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { pid: child.pid as number, ended };
}

test.runIf(process.platform === 'linux')('kills the processes with the mark, and no other', async () => {
  const [ours, other] = [await idle('run-1'), await idle('run-10')];
  expect(markedProcesses('run-1').map(({ pid }) => pid)).toEqual([ours.pid]);
  await perform({ kind: 'kill-marked', mark: 'run-1' });
  expect(await ours.ended).toBe('SIGKILL');
  expect(processStartTime(other.pid)).toBeDefined();
  await perform({ kind: 'kill-marked', mark: 'run-1' });
});

test('lets a stopped process go on, even one that has ended meanwhile', async () => {
  const one = await idle('run-2');
  const stopped = { pid: one.pid, startTime: processStartTime(one.pid) ?? '' };
  process.kill(one.pid, 'SIGSTOP');
  await perform({ kind: 'continue', process: stopped });
  process.kill(one.pid, 'SIGTERM');
  expect(await one.ended).toBe('SIGTERM');
  await perform({ kind: 'continue', process: stopped });
});

/** A process that has ended. */
const over = { pid: process.pid, startTime: 'of another one' };

test('removes a folder, runs a command, and says why one failed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'undo-'));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub/file'), '');
  await perform({ kind: 'command', argv: ['rm', join(folder, 'sub/file')], after: over });
  expect(existsSync(join(folder, 'sub/file'))).toBe(false);
  await perform({ kind: 'remove', path: folder });
  await perform({ kind: 'remove', path: folder });
  expect(existsSync(folder)).toBe(false);
  await expect(perform({ kind: 'command', argv: ['ls', folder], after: over })).rejects.toThrow(/^ls .*No such file/);
});

test('runs a command when the one that it undoes is over, whoever has started that', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'undo-'));
  const file = join(folder, 'done');
  const kill = new HeldCommand(['sh', '-c', `sleep 0.3; echo kill >> ${file}`]);
  const killed = kill.run();
  await perform({ kind: 'command', argv: ['sh', '-c', `echo start >> ${file}`], after: kill.process });
  expect(readFileSync(file, 'utf8')).toBe('kill\nstart\n');
  await killed;
  rmSync(folder, { recursive: true });
});

test('takes what is not mounted and no namespace for undone', async () => {
  await perform({ kind: 'unmount', path: '/no/such/mount' });
  await perform({ kind: 'delete-namespace', name: 'no-such-namespace' });
});
