/** What a shell says of a program that a closed pipe ended (128 + SIGPIPE). */
export const READER_GONE = 141;

/** Ends the process without a word when nobody reads its output any more, as `| head` does. */
export function endQuietlyWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(READER_GONE);
    });
  }
}
