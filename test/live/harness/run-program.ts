import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { atEnd } from './cleanup.ts';
import { program } from './live-group.ts';

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const PATIENCE_MS = 30_000;

/** A program that runs until it ends or is stopped; at the end of the test file at the latest. */
export class RunningProgram {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  #stdout = '';
  #stderr = '';

  constructor(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const options: SpawnOptions = { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } };
    const child = spawn(command, args, options);
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString();
      for (const listener of [...this.#listeners]) listener();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout: this.#stdout, stderr: this.#stderr }));
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    const forget = () => process.off('exit', kill);
    this.ended.then(forget, forget);
    atEnd(() => this.stop('SIGKILL'));
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** Resolves when standard output matches; rejects with everything printed if it does not in time. */
  printed(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      const fail = (why: string): void => {
        end();
        reject(new Error(`${pattern} was not printed (${why}):\n${this.#stdout}\n${this.#stderr}`));
      };
      const look = (): void => {
        if (!pattern.test(this.#stdout)) return;
        end();
        resolve();
      };
      const timer = setTimeout(() => fail(`within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
      this.#listeners.add(look);
      look();
      this.ended.then(
        ({ code }) => fail(`ended with ${code}`),
        (error: Error) => fail(error.message),
      );
    });
  }

  /** Sends a signal, and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    return this.ended;
  }
}

/** Starts a program of the package that the suite built. */
export function start(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningProgram {
  return new RunningProgram(process.execPath, [program(name), ...args], environment);
}

/** Runs a program to its end. It is killed if it takes too long, which shows as code null. */
export async function run(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return bounded(start(name, args, environment));
}

/** Waits for the end of a program and kills it if it takes longer than `timeoutMs`. */
export async function bounded(running: RunningProgram, timeoutMs: number = PATIENCE_MS): Promise<Ended> {
  const timer = setTimeout(() => void running.stop('SIGKILL'), timeoutMs);
  try {
    return await running.ended;
  } finally {
    clearTimeout(timer);
  }
}
