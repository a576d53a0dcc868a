import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { perform, type Undo } from './undo.ts';
import type { Noted, Order } from './watch.ts';

/** What those have to do with a watchdog that change something of this machine. */
export type Undoer = Pick<Watchdog, 'register' | 'undo'>;

/**
 * A run's hold on its watchdog, a process of its own that outlives the run and undoes what the run could not undo itself: after a crash, SIGKILL or a
 * closed terminal. A thing is registered before it is done, so that there is no moment in between.
 */
export class Watchdog {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, () => void>();
  readonly #registered = new Map<number, Undo>();
  #numbers = 0;
  #gone: Error | undefined;

  /** Starts the watchdog, which is the JavaScript file `program` (`bin/watchdog.ts`, built); its journal is appended to `journalFile`. */
  constructor(program: string, journalFile: string) {
    const journal = openSync(journalFile, 'a');
    const stdio = ['pipe', 'pipe', journal] as const;
    const child = spawn(process.execPath, [program, journalFile], { detached: true, stdio: [...stdio] });
    this.#child = child as ChildProcessByStdio<Writable, Readable, null>;
    closeSync(journal);
    this.#child.once('exit', (code) => {
      this.#gone = new Error(`the watchdog has ended (${code}): nothing more may be done to this machine`);
      for (const wake of this.#waiting.values()) wake();
    });
    this.#child.stdin.on('error', () => {});
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const { noted } = JSON.parse(line) as Noted;
      this.#waiting.get(noted)?.();
      this.#waiting.delete(noted);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the watchdog will undo it; the number is for `undo`. Rejects if there is no watchdog. */
  async register(undo: Undo): Promise<number> {
    const number = ++this.#numbers;
    const noted = new Promise<void>((resolve) => this.#waiting.set(number, resolve));
    this.#tell({ add: number, undo });
    if (this.#gone === undefined) await noted;
    if (this.#gone !== undefined) throw this.#gone;
    this.#registered.set(number, undo);
    return number;
  }

  /** Undoes it now. If that fails it stays the watchdog's. */
  async undo(number: number): Promise<void> {
    const undo = this.#registered.get(number);
    if (undo === undefined) return;
    await perform(undo);
    this.#registered.delete(number);
    this.#tell({ drop: number });
  }

  /** Undoes all that is left, the latest first, and lets the watchdog end. Returns what could not be undone, in sentences. */
  async end(): Promise<string[]> {
    const problems: string[] = [];
    for (const number of [...this.#registered.keys()].reverse()) {
      await this.undo(number).catch((error: Error) => problems.push(error.message));
    }
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    if (this.#gone === undefined) await ended;
    return problems;
  }

  #tell(order: Order): void {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }
}
