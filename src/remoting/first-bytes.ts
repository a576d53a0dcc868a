import type { Socket, SocketHandlers } from '../platform/ports.ts';

/** Lets another protocol share a port: remoting's frames never begin with a byte of 0x80 or more. */
export interface Sniffer {
  /** A connection whose first byte is at least this one is not remoting. */
  readonly firstByteAtLeast: number;
  /** Takes the socket over: sets its handlers, synchronously. `firstChunk` is what was read of it. */
  take(socket: Socket, firstChunk: Buffer): void;
}

/** Told what a newly accepted socket turns out to be; each socket ends in exactly one of `onRemoting` and `onGone`. */
interface FirstBytesListener {
  onRemoting(newcomer: FirstBytes, socket: Socket, chunk: Buffer): void;
  onTls(socket: Socket): void;
  onGone(newcomer: FirstBytes): void;
}

const tlsHandshake = 0x16;

/** An accepted socket of which nothing is known until its first bytes come. */
export class FirstBytes implements SocketHandlers {
  readonly acceptedAtMs: number;
  readonly #socket: Socket;
  readonly #sniffer: Sniffer | undefined;
  readonly #listener: FirstBytesListener;

  constructor(socket: Socket, sniffer: Sniffer | undefined, acceptedAtMs: number, listener: FirstBytesListener) {
    this.acceptedAtMs = acceptedAtMs;
    this.#socket = socket;
    this.#sniffer = sniffer;
    this.#listener = listener;
    socket.setHandlers(this);
  }

  onData(chunk: Buffer): void {
    const first = chunk[0];
    if (first === undefined) return;
    if (this.#sniffer !== undefined && first >= this.#sniffer.firstByteAtLeast) {
      this.#sniffer.take(this.#socket, chunk);
      this.#listener.onGone(this);
    } else if (first === tlsHandshake) {
      this.#listener.onTls(this.#socket);
      this.#socket.destroy();
    } else {
      this.#listener.onRemoting(this, this.#socket, chunk);
    }
  }

  onClose(): void {
    this.#listener.onGone(this);
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
