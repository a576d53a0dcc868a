import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, processStartTime } from './process-identity.ts';

/** A process that was started here or by an earlier launcher: the pid counts only together with the start time. */
export interface LaunchedProcess {
  readonly pid: number;
  readonly startTime: string;
}

/** How a process ended: with a code, or by a signal; the other one is null. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program of any kind. */
export interface CommandLaunch {
  readonly command: string;
  readonly args: readonly string[];
  /** Everything that it prints is appended here. */
  readonly logFile: string;
  /** On top of this process's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Hears how it ended, if this process is still there then. */
  readonly onEnd?: (end: ProcessEnd) => void;
}

export interface Launch extends Omit<CommandLaunch, 'command'> {
  /** The program: a JavaScript file. */
  readonly program: string;
  /** Flags for Node. */
  readonly nodeFlags: readonly string[];
  /** A command that runs what follows it, such as nsenter; empty: none. */
  readonly prefix?: readonly string[];
}

/** How a process that was told to stop ended: by itself, or killed because it took too long. */
export type Stopped = 'ended' | 'killed';

const POLL_MS = 5;

/** Starts a program of ours that outlives this process and does not get its signals. */
export function launch({ program, args, nodeFlags, prefix = [], ...rest }: Launch): LaunchedProcess {
  const [command = process.execPath, ...words] = [...prefix, process.execPath, ...nodeFlags, program, ...args];
  return launchCommand({ ...rest, command, args: words });
}

/** Starts a program that outlives this process and does not get its signals. */
export function launchCommand({ command, args, logFile, environment, onEnd }: CommandLaunch): LaunchedProcess {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...environment },
    });
    // Without a pid the error follows as an event; that there is none is told below.
    child.once('error', () => {});
    child.once('exit', (exitCode, signal) => onEnd?.({ exitCode, signal }));
    child.unref();
    const pid = child.pid;
    if (pid === undefined) throw new Error(`${command} cannot be started`);
    return { pid, startTime: processStartTime(pid) ?? 'ended' };
  } finally {
    closeSync(log);
  }
}

export function isRunning(launched: LaunchedProcess): boolean {
  return isSameProcess(launched.pid, launched.startTime);
}

/** Sends a signal unless the process has ended. Returns whether it was sent. */
export function signalProcess(launched: LaunchedProcess, signal: NodeJS.Signals): boolean {
  if (!isRunning(launched)) return false;
  try {
    return process.kill(launched.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits for the end; false if it has not come in time. */
export async function waitForEnd(launched: LaunchedProcess, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (isRunning(launched)) {
    if (performance.now() >= deadlineMs) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** SIGTERM, and SIGKILL for what has not ended after `graceMs`. */
export async function stopProcess(launched: LaunchedProcess, graceMs: number): Promise<Stopped> {
  signalProcess(launched, 'SIGTERM');
  if (await waitForEnd(launched, graceMs)) return 'ended';
  await killProcess(launched);
  return 'killed';
}

/** SIGKILL; resolves when the kernel has taken the process away. */
export async function killProcess(launched: LaunchedProcess): Promise<void> {
  const LONGEST_MS = 10_000;
  signalProcess(launched, 'SIGKILL');
  if (!(await waitForEnd(launched, LONGEST_MS)))
    throw new Error(`process ${launched.pid} does not die, not even by SIGKILL`);
}
