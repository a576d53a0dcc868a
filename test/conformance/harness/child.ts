import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

/** How a program ended. `code` is null when a signal or the time limit ended it. */
export type Ended = { readonly code: number | null; readonly timedOut: boolean; readonly output: string };

type Options = {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Everything that the program prints also goes to this file. */
  readonly logFile?: string;
};

const running = new Set<Child>();

/** One program that the harness started. Standard output and error are kept together as text, in the order in which they came. */
export class Child {
  readonly ended: Promise<Ended>;
  output = '';
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #watchers = new Set<() => void>();
  #timedOut = false;
  #alive = true;

  constructor(command: string, args: readonly string[], options: Options = {}) {
    this.#process = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.environment },
    });
    running.add(this);
    const log = options.logFile === undefined ? undefined : createWriteStream(options.logFile, { flags: 'a' });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        log?.write(text);
        for (const watcher of this.#watchers) watcher();
      });
    }
    // A program that ends early closes its input; that it ended is what its caller sees.
    this.#process.stdin.on('error', () => {});
    this.ended = new Promise((resolve) => {
      const finish = (code: number | null) => {
        this.#alive = false;
        running.delete(this);
        log?.end();
        for (const watcher of this.#watchers) watcher();
        resolve({ code, timedOut: this.#timedOut, output: this.output });
      };
      this.#process.on('error', (error) => {
        this.output += `${error.message}\n`;
        finish(null);
      });
      this.#process.on('close', finish);
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Sends one line to the program's standard input. */
  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  closeInput(): void {
    this.#process.stdin.end();
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#alive) this.#process.kill(signal);
  }

  /** Waits for the end, and kills the program when it takes longer. */
  async within(timeoutMs: number): Promise<Ended> {
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.kill('SIGKILL');
    }, timeoutMs);
    const ended = await this.ended;
    clearTimeout(timer);
    return ended;
  }

  /** True as soon as the output matches; false when the program ended or the time is over without it. */
  async printed(pattern: RegExp, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(false), timeoutMs);
      const settle = (found: boolean) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(found);
      };
      const look = () => {
        if (pattern.test(this.output)) settle(true);
        else if (!this.#alive) settle(false);
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Asks to end, waits, and kills what does not listen. */
  async stop(graceMs: number): Promise<void> {
    if (!this.#alive) return;
    this.closeInput();
    this.kill('SIGTERM');
    await this.within(graceMs);
  }
}

/** Starts a program and waits for its end. */
export function run(
  command: string,
  args: readonly string[],
  timeoutMs: number,
  options: Options = {},
): Promise<Ended> {
  const child = new Child(command, args, options);
  child.closeInput();
  return child.within(timeoutMs);
}

/** Kills, by pid, whatever the harness has started and not yet seen ending; for use when the harness itself is stopped. */
export function killAllChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}
