import { connect, type Socket } from 'node:net';
import { AppendFile } from './append-file.ts';
import { FloorClient } from './floor-client.ts';

const ACKNOWLEDGEMENT_BYTES = 8;

/** Frames of one client that came together, and where the log ends behind them. */
interface Run {
  readonly client: FloorClient;
  readonly frames: Buffer;
  readonly end: number;
}

/**
 * The floor's leader. What arrives in one turn of the event loop is copied together once, written to the file and sent to both
 * followers; when two of the three have it, the clients are answered, each in one write.
 */
export class FloorLeader {
  readonly #file: AppendFile;
  readonly #followers: readonly Socket[];
  readonly #opaqueAt: number;
  /** Bytes that each follower has. */
  readonly #acknowledged: number[];
  #end = 0;
  #arrived: Run[] = [];
  /** Sent and not yet answered, in log order. */
  #sent: Run[] = [];
  readonly #endOfTurn = (): void => this.#send();

  constructor(fd: number, ports: readonly number[], opaqueAt: number) {
    this.#file = new AppendFile(fd, () => this.#confirm());
    this.#opaqueAt = opaqueAt;
    this.#acknowledged = ports.map(() => 0);
    this.#followers = ports.map((port, index) => this.#follower(port, index));
  }

  accept(socket: Socket): void {
    const client = new FloorClient(socket, this.#opaqueAt, this.#file, (frames) => this.#append(client, frames));
  }

  /** Ends the connections to the followers. */
  close(): void {
    for (const follower of this.#followers) follower.destroy();
  }

  #follower(port: number, index: number): Socket {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    // Eight bytes at a time are never torn on a local connection; several may come together, and the last one counts.
    socket.on('data', (chunk: Buffer) => {
      this.#acknowledged[index] = chunk.readDoubleBE(chunk.length - ACKNOWLEDGEMENT_BYTES);
      this.#confirm();
    });
    return socket;
  }

  #append(client: FloorClient, frames: Buffer): void {
    if (this.#arrived.length === 0) setImmediate(this.#endOfTurn);
    this.#end += frames.length;
    this.#arrived.push({ client, frames, end: this.#end });
  }

  #send(): void {
    const runs = this.#arrived;
    this.#arrived = [];
    const bytes = runs.length === 1 ? runs[0]!.frames : Buffer.concat(runs.map(({ frames }) => frames));
    for (const follower of this.#followers) follower.write(bytes);
    this.#file.append(bytes);
    this.#sent.push(...runs);
  }

  #confirm(): void {
    const [one = 0, other = 0] = this.#acknowledged;
    const own = this.#file.written;
    const confirmed = Math.max(Math.min(one, other), Math.min(own, Math.max(one, other)));
    const sent = this.#sent;
    let count = 0;
    while (count < sent.length && sent[count]!.end <= confirmed) count++;
    if (count === 0) return;
    const done = sent.splice(0, count);
    for (const { client, frames } of done) client.answerSends(frames);
    for (const { client } of done) client.flush();
  }
}
