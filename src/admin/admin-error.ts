/** A command failed for a reason that the sentence tells; exit code 1. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
}

/** The command line was wrong; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
