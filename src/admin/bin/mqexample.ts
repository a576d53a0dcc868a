import { processSurroundings } from '../process-surroundings.ts';
import { runClass } from '../run-class.ts';

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // The second one ends at once, as without a handler.
  process.once(name, () => ending.abort());
}
process.exitCode = await runClass(process.argv.slice(2), { ...processSurroundings(), signal: ending.signal });
