import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Watchdog } from './watchdog.ts';

export interface WatchedOptions {
  /** `bin/watchdog.ts`, built. */
  readonly program: string;
  /** Folder of the run, which holds the watchdog's journal. */
  readonly directory: string;
  /** Hears of what could not be undone. */
  readonly journal: (line: string) => void;
}

/** Does something whose processes carry `mark` in their environment: whatever becomes of it, none of them stays. */
export async function underWatchdog<Result>(
  { program, directory, journal }: WatchedOptions,
  run: (mark: string, watchdog: Watchdog) => Promise<Result>,
): Promise<Result> {
  const watchdog = new Watchdog(program, join(directory, 'watchdog.txt'));
  const mark = randomUUID();
  try {
    await watchdog.register({ kind: 'kill-marked', mark });
    return await run(mark, watchdog);
  } finally {
    for (const problem of await watchdog.end()) journal(`not undone: ${problem}`);
  }
}
