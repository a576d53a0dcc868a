/** What ails a process that was built for chaos. Data: it is told over a connection, whole each time. */
export interface Ailments {
  /** Added to wall time. Monotonic time is never touched: no operating system lets it jump. */
  readonly clockOffsetMs: number;
  /** Every write, fsync and read of a file in the pool takes so much longer. */
  readonly writeDelayMs: number;
  readonly syncDelayMs: number;
  readonly readDelayMs: number;
  /** The disk takes no byte more. */
  readonly diskFull: boolean;
  /** The next so many operations of a kind fail with EIO. */
  readonly failingWrites: number;
  readonly failingSyncs: number;
  readonly failingReads: number;
}

export const healthy: Ailments = {
  clockOffsetMs: 0,
  writeDelayMs: 0,
  syncDelayMs: 0,
  readDelayMs: 0,
  diskFull: false,
  failingWrites: 0,
  failingSyncs: 0,
  failingReads: 0,
};
