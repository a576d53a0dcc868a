import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** So long a command may take. */
export const TIMEOUT_MS = 30_000;
/** A complaint is the first line. */
const LONGEST_COMPLAINT_BYTES = 4_096;

/** Runs a command of this machine; rejects with a sentence that holds what it complained about. */
export async function runCommand(argv: readonly string[], timeoutMs = TIMEOUT_MS): Promise<void> {
  const complaint = await complaintOf(argv, timeoutMs);
  if (complaint !== undefined) throw new Error(`${argv.join(' ')}: ${complaint}`);
}

/**
 * Runs a command; resolves with why it failed, in a few words, or undefined. It is over when it has ended itself: what it leaves behind may hold its output open, which goes to a file
 * without a name, so that nobody writes into a closed pipe later. It has no terminal, and Ctrl-C here is none for it and what it starts: they are a session of their own.
 */
export function complaintOf(argv: readonly string[], timeoutMs = TIMEOUT_MS): Promise<string | undefined> {
  const { child, ended } = spawnCommand(argv, 'ignore');
  return endedWithin(timeoutMs, ended, () => child.kill('SIGKILL'));
}

/** A command that runs, and why it failed, in a few words, or undefined, when it has ended. */
export interface SpawnedCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<string | undefined>;
}

/** Starts a command as `complaintOf` does; `stdin` is as for `spawn`. */
export function spawnCommand([command = '', ...args]: readonly string[], stdin: 'ignore' | 'pipe'): SpawnedCommand {
  const errors = unnamedFile();
  const child = spawn(command, args, { detached: true, stdio: [stdin, 'ignore', errors] });
  const ended = new Promise<string | undefined>((resolve) => {
    const ends = (complaint: string | undefined): void => {
      closeSync(errors);
      resolve(complaint);
    };
    child.once('error', (error) => ends(error.message));
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `it was ended by ${signal}`;
      ends(code === 0 ? undefined : firstLine(errors) || how);
    });
  });
  return { child, ended };
}

/** Calls `end` if a command takes longer than that, which then is why it failed. */
export async function endedWithin(
  timeoutMs: number,
  ended: SpawnedCommand['ended'],
  end: () => void,
): Promise<string | undefined> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, timeoutMs);
  const complaint = await ended;
  clearTimeout(timer);
  return complaint !== undefined && isLate ? `it took longer than ${timeoutMs / 1_000} s` : complaint;
}

function unnamedFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'ledgermq-command-'));
  const file = openSync(join(folder, 'errors'), 'w+');
  rmSync(folder, { recursive: true });
  return file;
}

function firstLine(file: number): string {
  const bytes = Buffer.alloc(LONGEST_COMPLAINT_BYTES);
  const length = readSync(file, bytes, 0, bytes.length, 0);
  return bytes.toString('utf8', 0, length).trim().split('\n')[0] ?? '';
}
