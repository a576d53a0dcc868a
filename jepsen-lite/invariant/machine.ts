/** What invariants see of the machine under a member, past the product: its disk, and what was done to it. */
export interface Machine {
  /** Its disk holds an older state, and the others have not refused it yet. */
  readonly setBack: boolean;
  /** The present start did not find the hard state that was written last: the disk was set back or replaced, or the file spoiled. Term and votes may be forgotten. */
  readonly hardStateLost: boolean;
  /** An fsync of log or hard state failed under the present process. */
  readonly syncFailed: boolean;
  /** Bytes of a file as programs see them; undefined where there is no such file or it is shorter. */
  bytesOf(path: string, position: number, length: number): Buffer | undefined;
  /** A file as a power failure would leave it. */
  durableContent(path: string): Buffer | undefined;
}
