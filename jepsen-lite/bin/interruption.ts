/** What interrupts a run: this process, and in tests a part of one. */
export type Interrupted = Pick<NodeJS.Process, 'on' | 'exit'>;

/** One that comes again so soon is the same: a terminal sends it to npm and to the program, and npm hands its own on. */
const SAME_MS = 500;

/** Fires at the first SIGINT, SIGTERM or SIGHUP; the second ends at once, and leaves the tidying up to the watchdog. */
export function interruption(
  interrupted: Interrupted = process,
  nowMs: () => number = () => performance.now(),
): AbortSignal {
  const abort = new AbortController();
  let firstMs: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    interrupted.on(signal, () => {
      if (firstMs !== undefined) {
        if (nowMs() - firstMs >= SAME_MS) interrupted.exit(3);
        return;
      }
      firstMs = nowMs();
      console.error('Interrupted: ending what was started ...');
      abort.abort();
    });
  }
  return abort.signal;
}
