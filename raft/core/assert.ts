/** Stops with an Error unless `condition` holds: the core contradicts itself, which is a bug and never a consequence of input. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`raft: ${message}`);
}
