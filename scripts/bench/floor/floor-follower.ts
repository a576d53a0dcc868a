import type { Socket } from 'node:net';
import { AppendFile } from './append-file.ts';

/** Appends what the leader sends and says how many bytes it has: 8 bytes, a double. */
export class FloorFollower {
  readonly #file: AppendFile;
  #leader: Socket | undefined;

  constructor(fd: number) {
    this.#file = new AppendFile(fd, () => this.#acknowledge());
  }

  accept(socket: Socket): void {
    this.#leader = socket;
    socket.on('data', (chunk: Buffer) => this.#file.append(chunk));
    socket.on('error', () => {});
  }

  #acknowledge(): void {
    const answer = Buffer.allocUnsafe(8);
    answer.writeDoubleBE(this.#file.written);
    this.#leader?.write(answer);
  }
}
