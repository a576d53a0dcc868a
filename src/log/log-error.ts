import type { DiskError } from '../platform/ports.ts';

/** A directory or file of the log that cannot be used as it is: `message` is one sentence for people that names the file. */
export interface LogFault {
  readonly code: 'BAD_DIRECTORY' | 'BAD_SIZE' | 'GAP';
  readonly file: string;
  readonly message: string;
}

/** Turns what a synchronous call of the disk threw into a value; anything without an errno is a bug of ours and is thrown on. */
export function asDiskError(thrown: unknown): DiskError {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') {
    return { code: thrown.code, message: thrown.message };
  }
  throw thrown;
}
