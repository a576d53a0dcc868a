import { DurableMarks as Real } from '../../../raft/core/durable-marks.ts';

/** A cut lowers the marks, but not those of the writes in flight. */
export class DurableMarks extends Real {
  override truncate(from: number): void {
    this.written = Math.min(this.written, from - 1);
    this.synced = Math.min(this.synced, from - 1);
  }
}
