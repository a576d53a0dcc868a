import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TIMEOUT_MS = 30_000;
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
export function complaintOf(
  [command = '', ...args]: readonly string[],
  timeoutMs = TIMEOUT_MS,
): Promise<string | undefined> {
  const errors = unnamedFile();
  return new Promise((resolve) => {
    let isLate = false;
    const child = spawn(command, args, { detached: true, stdio: ['ignore', 'ignore', errors] });
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const ends = (complaint: string | undefined): void => {
      clearTimeout(timer);
      closeSync(errors);
      resolve(complaint);
    };
    child.once('error', (error) => ends(error.message));
    child.once('exit', (code, signal) => {
      const late = isLate ? `it took longer than ${timeoutMs / 1_000} s` : undefined;
      const killed = signal === null ? undefined : `it was ended by ${signal}`;
      ends(code === 0 ? undefined : (late ?? (firstLine(errors) || (killed ?? `exit code ${code}`))));
    });
  });
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
