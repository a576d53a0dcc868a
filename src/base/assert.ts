/** Thrown when the program contradicts itself: a bug of ours, never a consequence of input. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Stops with an `AssertionError` unless `condition` holds. On in production; keep `message` a constant on hot paths. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}
