import type { Disk, DiskFile } from '../platform/ports.ts';

/** Name of the segment that starts at a position: 20 decimal digits, as RocketMQ names the files of its mapped file queues. */
export function segmentName(startPosition: number): string {
  return String(startPosition).padStart(20, '0');
}

/** Start position that a file name tells, or undefined if it is not the name of a segment. */
export function segmentStartOf(name: string): number | undefined {
  if (!/^\d{20}$/.test(name)) return undefined;
  const start = Number(name);
  return Number.isSafeInteger(start) ? start : undefined;
}

/** One file of the log. It has its full (sparse) length from its creation on: RocketMQ refuses files of any other length. */
export class Segment {
  readonly start: number;
  readonly path: string;
  /** Open handle, if there is one. */
  file: DiskFile | undefined;
  /** Reads in flight: a pinned handle is not closed. */
  pins = 0;

  constructor(directory: string, start: number) {
    this.start = start;
    this.path = `${directory}/${segmentName(start)}`;
  }

  /** Opens the file; with `createBytes` makes it with that length, fsynced, so that a file with content never has another one. Throws the disk's error. */
  open(disk: Disk, createBytes: number | undefined): DiskFile {
    if (this.file !== undefined) return this.file;
    const file = disk.open(this.path, { create: createBytes !== undefined });
    if (createBytes !== undefined) {
      file.truncateSync(createBytes);
      file.syncNow();
    }
    this.file = file;
    return file;
  }

  close(): void {
    this.file?.close();
    this.file = undefined;
  }
}
