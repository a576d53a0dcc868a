import { setTimeout as sleep } from 'node:timers/promises';
import type { OptionSpec } from './admin-command.ts';
import type { Arguments } from './arguments.ts';

/** Option of commands that can show the same again and again. */
export const intervalOption: OptionSpec = {
  short: 'i',
  long: 'interval',
  description: 'repeat after so many seconds, until interrupted',
};

/** Runs a command's work once, or for ever with pauses where an interval is given. */
export async function repeat(args: Arguments, work: () => Promise<void>): Promise<void> {
  const seconds = args.whole('interval', 0, 1);
  for (;;) {
    await work();
    if (seconds === 0) return;
    await sleep(seconds * 1_000);
  }
}
