import { appendFileSync } from 'node:fs';
import { perform } from '../live/watchdog/undo.ts';
import { watch } from '../live/watchdog/watch.ts';

// Started by runs alone (jepsen-lite/live/watchdog): the argument is the journal. A signal for the run is none for its watchdog.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
const [journalFile = ''] = process.argv.slice(2);
await watch({
  input: process.stdin,
  output: process.stdout.on('error', () => {}),
  perform,
  journal: (line) => appendFileSync(journalFile, `${new Date().toISOString()} ${line}\n`),
});
