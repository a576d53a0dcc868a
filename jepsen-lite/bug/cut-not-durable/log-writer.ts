import { LogWriter as Real } from '../../../src/log/log-writer.ts';

/** A cut moves the end in memory, and leaves the files as they are. */
export class LogWriter extends Real {
  override cut(position: number): void {
    this.written = Math.min(this.written, position);
    this.synced = Math.min(this.synced, position);
  }
}
