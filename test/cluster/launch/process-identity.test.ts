import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isSameProcess, processStartTime } from '../../../cluster/launch/process-identity.ts';

test('a process keeps its start time while it lives, and another start time is another process', () => {
  const startTime = processStartTime(process.pid) as string;
  expect(processStartTime(process.pid)).toBe(startTime);
  expect(isSameProcess(process.pid, startTime)).toBe(true);
  expect(isSameProcess(process.pid, `${startTime}1`)).toBe(false);
});

test('a process that has ended has no start time', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
  const pid = child.pid as number;
  const startTime = processStartTime(pid) as string;
  expect(isSameProcess(pid, startTime)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processStartTime(pid)).toBeUndefined();
  expect(isSameProcess(pid, startTime)).toBe(false);
});
