import { writev } from 'node:fs';

/** Appends to a file: one gathered write at a time in the pool; what comes meanwhile is the next one. */
export class AppendFile {
  readonly fd: number;
  /** Bytes that are in the file. */
  written = 0;
  #waiting: Buffer[] = [];
  #busy = false;
  readonly #onWritten: () => void;

  constructor(fd: number, onWritten: () => void) {
    this.fd = fd;
    this.#onWritten = onWritten;
  }

  append(bytes: Buffer): void {
    this.#waiting.push(bytes);
    if (!this.#busy) this.#write();
  }

  #write(): void {
    const buffers = this.#waiting;
    this.#waiting = [];
    this.#busy = true;
    let bytes = 0;
    for (const buffer of buffers) bytes += buffer.length;
    writev(this.fd, buffers, this.written, (error, count) => {
      if (error !== null) throw error;
      if (count !== bytes) throw new Error('the disk is full');
      this.#busy = false;
      this.written += count;
      if (this.#waiting.length > 0) this.#write();
      this.#onWritten();
    });
  }
}
