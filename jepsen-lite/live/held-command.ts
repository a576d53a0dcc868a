import type { Writable } from 'node:stream';
import { isRunning, killProcess, type LaunchedProcess, waitForEnd } from '../../cluster/launch/launched-process.ts';
import { processStartTime } from '../../cluster/launch/process-identity.ts';
import { endedWithin, type SpawnedCommand, spawnCommand, TIMEOUT_MS } from './run-command.ts';

/** Becomes the command when it reads a line, and ends where none comes: with whoever holds it. */
const GATE = 'read -r line && exec "$@" < /dev/null';

/** A command whose process is there before it does anything, so that somebody who outlives this process can be told of it first. */
export class HeldCommand {
  /** It leads the process group of all that it starts. */
  readonly process: LaunchedProcess;
  readonly #stdin: Writable | null;
  readonly #ended: SpawnedCommand['ended'];

  /** Throws if it cannot be started. */
  constructor(argv: readonly string[]) {
    const { child, ended } = spawnCommand(['sh', '-c', GATE, 'sh', ...argv], 'pipe');
    this.#stdin = child.stdin;
    this.#ended = ended;
    // Whoever is killed while he is held reads nothing.
    this.#stdin?.on('error', () => {});
    const { pid } = child;
    if (pid === undefined) throw new Error('sh cannot be started');
    this.process = { pid, startTime: processStartTime(pid) ?? 'ended' };
  }

  /** Lets it happen; resolves as `complaintOf`. What takes too long is ended with all that it started. */
  run(timeoutMs = TIMEOUT_MS): Promise<string | undefined> {
    this.#stdin?.end('\n');
    return endedWithin(timeoutMs, this.#ended, () => killGroup(this.process));
  }

  /** It ends, and nothing has happened. */
  cancel(): void {
    this.#stdin?.end();
  }
}

/** Resolves when a command is over that a `HeldCommand`, of another process perhaps, was told of. What takes too long is ended with all that it started. */
export async function commandOver(command: LaunchedProcess, timeoutMs = TIMEOUT_MS): Promise<void> {
  if (await waitForEnd(command, timeoutMs)) return;
  killGroup(command);
  await killProcess(command);
}

function killGroup(leader: LaunchedProcess): void {
  // The number of the group is its own only while its leader lives.
  if (!isRunning(leader)) return;
  try {
    process.kill(-leader.pid, 'SIGKILL');
  } catch (error) {
    // It has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
