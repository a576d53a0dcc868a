import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What Porcupine says of a history. */
export type Word = 'ok' | 'illegal' | 'unknown';
export type ModelName = 'log' | 'register';

/** The Go command; not every system calls it so. */
const compiler = process.env['GO'] ?? 'go';

/** The Go program, built in a folder of its own. */
export class Judge {
  readonly scratch = mkdtempSync(join(tmpdir(), 'porcupine-'));
  readonly #program = join(this.scratch, 'judge');

  constructor() {
    const here = fileURLToPath(new URL('.', import.meta.url));
    execFileSync(compiler, ['build', '-o', this.#program, '.'], { cwd: here, stdio: 'inherit' });
  }

  /** What it says of each of these files. */
  words(model: ModelName, paths: readonly string[], timeout: string): Word[] {
    const output = execFileSync(this.#program, ['--model', model, '--timeout', timeout, ...paths], {
      encoding: 'utf8',
    });
    const lines = output.trimEnd().split('\n');
    return lines.map((line) => (JSON.parse(line) as { verdict: Word }).verdict);
  }

  run(args: readonly string[]): SpawnSyncReturns<string> {
    return spawnSync(this.#program, args, { encoding: 'utf8' });
  }

  close(): void {
    rmSync(this.scratch, { recursive: true });
  }
}
