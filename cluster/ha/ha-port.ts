import type { Listener, Platform, Socket } from '../../src/platform/ports.ts';
import { listenProblem } from '../../src/remoting/listen-problem.ts';
import type { MasterRole } from './master-role.ts';
import { encodeText, frameTypes, MAGIC } from './wire.ts';

/** How long a connection may take for its first bytes, ms. */
const FIRST_BYTES_MS = 5_000;
const REMEDY = 'Change haListenPort (its default is listenPort + 1), or stop the other process';

/** The port on which slaves reach their master (`haListenPort`); open whatever the role is, so that whoever asks a slave hears that it is none. */
export class HaPort {
  readonly #platform: Platform;
  readonly #master: () => MasterRole | undefined;
  readonly #sentence: string | undefined;
  readonly #waiting = new Set<Socket>();
  #listener: Listener | undefined;

  /** `turnAway`: what slaves hear of a broker that is no master; without it they are closed, since it may become one. */
  constructor(platform: Platform, master: () => MasterRole | undefined, turnAway?: string) {
    this.#platform = platform;
    this.#master = master;
    this.#sentence = turnAway;
  }

  /** Rejects with a sentence if the port cannot be had. */
  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#platform.network.listen(
        { host, port },
        (socket) => this.#accept(socket),
        (result) => {
          if ('error' in result) {
            reject(new Error(listenProblem({ host, port }, result, REMEDY)));
            return;
          }
          this.#listener = result;
          resolve();
        },
      );
    });
  }

  /** Where it really listens; 0 before. */
  get port(): number {
    return this.#listener?.address.port ?? 0;
  }

  #accept(socket: Socket): void {
    const { timers } = this.#platform;
    let first = Buffer.alloc(0);
    this.#waiting.add(socket);
    const timeout = timers.after(FIRST_BYTES_MS, () => socket.destroy());
    const done = (): void => {
      timers.cancel(timeout);
      this.#waiting.delete(socket);
    };
    socket.setHandlers({
      onData: (chunk) => {
        first = Buffer.concat([first, chunk]);
        if (first.length < MAGIC.length) return;
        done();
        this.#handOver(socket, first);
      },
      onClose: done,
    });
  }

  #handOver(socket: Socket, first: Buffer): void {
    const ours = first.subarray(0, MAGIC.length).equals(MAGIC);
    const stock = first[0]! < 0x80;
    const master = this.#master();
    if (master !== undefined && ours) master.accept(socket, first.subarray(MAGIC.length));
    else if (master !== undefined && stock) master.acceptStock(socket, first);
    else this.#turnAway(socket, ours);
  }

  #turnAway(socket: Socket, ours: boolean): void {
    socket.setHandlers({ onData: () => {}, onClose: () => {} });
    if (ours && this.#sentence !== undefined) socket.write([encodeText(frameTypes.refused, this.#sentence)]);
    socket.end();
  }

  close(): void {
    this.#listener?.close();
    for (const socket of this.#waiting) socket.destroy();
  }
}
