import type * as net from 'node:net';
import type { Address, NetworkError, Socket, SocketHandlers } from '../ports.ts';

/** Buffers below this size are put together before they go to the kernel: copying them is cheaper than one vector element each. */
const smallBytes = 4096;

const noHandlers: SocketHandlers = { onData: () => {}, onClose: () => {} };

/** What the kernel has for a socket is read into this one, and what was read is copied: less work than memory of 64 KiB for each read. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** A TCP connection of `node:net`. */
export class NodeSocket implements Socket {
  readonly #socket: net.Socket;
  #handlers = noHandlers;
  #failure: NetworkError | undefined;
  #remote: Address;
  #local: Address;

  /** `open` makes the socket, which reads as it is told. */
  constructor(open: (onread: net.OnReadOpts) => net.Socket, remote?: Address) {
    const socket = open({ buffer: readBuffer, callback: (bytes) => this.#read(bytes) });
    this.#socket = socket;
    this.#remote = remote ?? addressOf(socket.remoteAddress, socket.remotePort);
    this.#local = addressOf(socket.localAddress, socket.localPort);
    socket.on('connect', () => this.#opened());
    socket.on('drain', () => this.#handlers.onDrain?.());
    socket.on('error', (error) => {
      this.#failure = toNetworkError(error);
    });
    socket.on('close', () => this.#handlers.onClose(this.#failure));
  }

  get remote(): Address {
    return this.#remote;
  }

  get local(): Address {
    return this.#local;
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  setHandlers(handlers: SocketHandlers): void {
    this.#handlers = handlers;
  }

  write(buffers: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    if (!socket.writable) return false;
    if (buffers.length === 1) return socket.write(buffers[0] as Uint8Array);
    if (endOfSmallRun(buffers, 0) === buffers.length) return socket.write(Buffer.concat(buffers));
    socket.cork();
    for (let at = 0; at < buffers.length; ) {
      const end = endOfSmallRun(buffers, at);
      if (end > at + 1) {
        socket.write(Buffer.concat(buffers.slice(at, end)));
        at = end;
      } else {
        socket.write(buffers[at++] as Uint8Array);
      }
    }
    socket.uncork();
    return !socket.writableNeedDrain;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(bytes: number): boolean {
    this.#handlers.onData(Buffer.from(readBuffer.subarray(0, bytes)));
    return true;
  }

  #opened(): void {
    this.#remote = addressOf(this.#socket.remoteAddress, this.#socket.remotePort);
    this.#local = addressOf(this.#socket.localAddress, this.#socket.localPort);
    this.#handlers.onOpen?.();
  }
}

/** Index behind the small buffers that begin at `start`. */
function endOfSmallRun(buffers: readonly Uint8Array[], start: number): number {
  let end = start;
  while (end < buffers.length && (buffers[end] as Uint8Array).length < smallBytes) end++;
  return end;
}

/** An address as the rest of the program sees it: IPv4 never in its IPv6 clothes. */
export function addressOf(host: string | undefined, port: number | undefined): Address {
  const mapped = host?.startsWith('::ffff:') && host.includes('.');
  return { host: (mapped ? host?.slice('::ffff:'.length) : host) ?? '', port: port ?? 0 };
}

/** An error of `node:net` as a value. Several addresses that all failed come as one error without a text of its own. */
export function toNetworkError(error: NodeJS.ErrnoException): NetworkError {
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException | undefined) : undefined;
  return {
    code: error.code ?? first?.code ?? 'EIO',
    error: error.message || first?.message || 'the connection failed',
  };
}
