import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import {
  isRunning,
  killProcess,
  type LaunchedProcess,
  launch,
  type ProcessEnd,
  signalProcess,
  stopProcess,
} from '../../../cluster/launch/launched-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledgermq-launched-'));
const started: LaunchedProcess[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await killProcess(each);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts a script, and waits until it has printed. */
async function run(name: string, source: string): Promise<LaunchedProcess> {
  const program = join(folder, `${name}.mjs`);
  const logFile = join(folder, `${name}.log`);
  writeFileSync(program, source);
  const launched = launch({ program, args: ['hello'], logFile, environment: { GREETING: 'env' }, nodeFlags: [] });
  started.push(launched);
  await vi.waitFor(() => expect(readFileSync(logFile, 'utf8')).not.toBe(''), { timeout: 10_000, interval: 5 });
  return launched;
}

const printAndStay = 'console.log(process.argv[2], process.env.GREETING); setInterval(() => {}, 1000);';

test('a launched program runs with its arguments and environment, prints into its log, and ends on SIGTERM', async () => {
  const launched = await run('plain', printAndStay);
  expect(isRunning(launched)).toBe(true);
  expect(readFileSync(join(folder, 'plain.log'), 'utf8')).toBe('hello env\n');
  expect(await stopProcess(launched, 10_000)).toBe('ended');
  expect(isRunning(launched)).toBe(false);
});

test('what does not end in time is killed, and that is told', async () => {
  const launched = await run('stubborn', `process.on('SIGTERM', () => {}); ${printAndStay}`);
  expect(await stopProcess(launched, 30)).toBe('killed');
  expect(isRunning(launched)).toBe(false);
});

test('how a launched program ended is told', async () => {
  const ends = async (name: string, source: string): Promise<ProcessEnd> => {
    const program = join(folder, `${name}.mjs`);
    writeFileSync(program, source);
    return await new Promise((onEnd) => {
      const logFile = join(folder, `${name}.log`);
      started.push(launch({ program, args: [], logFile, environment: {}, nodeFlags: [], onEnd }));
    });
  };
  expect(await ends('failing', 'process.exit(3);')).toEqual({ exitCode: 3, signal: null });
  expect(await ends('killed', "process.kill(process.pid, 'SIGKILL');")).toEqual({ exitCode: null, signal: 'SIGKILL' });
});

test('a process that has the pid but not the start time gets no signal', async () => {
  const launched = await run('other', printAndStay);
  const earlier: LaunchedProcess = { pid: launched.pid, startTime: '1' };
  expect(isRunning(earlier)).toBe(false);
  expect(signalProcess(earlier, 'SIGKILL')).toBe(false);
  expect(await stopProcess(earlier, 1)).toBe('ended');
  expect(isRunning(launched)).toBe(true);
});
