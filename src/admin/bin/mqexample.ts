import { processSurroundings } from '../process-surroundings.ts';
import { runClass } from '../run-class.ts';

const ending = new AbortController();
/** `timeout` and terminals signal the process and its group: what comes so soon again is the same wish. */
const SAME_WISH_MS = 500;
let firstAtMs: number | undefined;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    const nowMs = performance.now();
    firstAtMs ??= nowMs;
    if (nowMs - firstAtMs > SAME_WISH_MS) process.exit(1);
    ending.abort();
  });
}
process.exitCode = await runClass(process.argv.slice(2), { ...processSurroundings(), signal: ending.signal });
