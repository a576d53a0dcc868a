/** Fires at the first SIGINT, SIGTERM or SIGHUP; the second ends at once, and leaves the tidying up to the watchdog. */
export function interruption(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (abort.signal.aborted) process.exit(3);
      console.error('Interrupted: ending what was started ...');
      abort.abort();
    });
  }
  return abort.signal;
}
