import type { DiskError } from './ports.ts';

/** One attempt to write: `done` gets how many bytes were taken, which may be fewer than offered, or the error. */
type WriteSome = (
  buffers: readonly Uint8Array[],
  position: number,
  done: (error: DiskError | undefined, count: number) => void,
) => void;

/**
 * Writes all buffers, one after another from `position` on, by as many attempts as it takes: a short write without an error is how a full disk first
 * shows, so it goes on behind it until an error comes. `done` gets how many bytes were certainly taken.
 */
export function writeAll(
  path: string,
  write: WriteSome,
  buffers: readonly Uint8Array[],
  position: number,
  done: (error: DiskError | undefined, written: number) => void,
): void {
  let rest = buffers;
  let missing = byteLengthOf(buffers);
  let written = 0;
  const next = (error: DiskError | undefined, count: number): void => {
    written += count;
    missing -= count;
    if (error !== undefined || missing === 0) {
      done(error, written);
      return;
    }
    if (count === 0) {
      done({ code: 'EIO', message: `EIO: ${path} takes no more bytes and gives no error` }, written);
      return;
    }
    rest = behind(rest, count);
    write(rest, position + written, next);
  };
  write(rest, position, next);
}

function byteLengthOf(buffers: readonly Uint8Array[]): number {
  let total = 0;
  for (const buffer of buffers) total += buffer.length;
  return total;
}

/** What is left of the buffers behind the first `count` bytes. */
function behind(buffers: readonly Uint8Array[], count: number): Uint8Array[] {
  let skip = count;
  let first = 0;
  while (skip >= (buffers[first] as Uint8Array).length) skip -= (buffers[first++] as Uint8Array).length;
  return [(buffers[first] as Uint8Array).subarray(skip), ...buffers.slice(first + 1)];
}
