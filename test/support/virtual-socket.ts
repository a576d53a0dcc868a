import type { Address, Socket, SocketHandlers } from '../../src/platform/ports.ts';
import type { NetworkHost, VirtualNetwork } from './virtual-network.ts';

const highWaterBytes = 64 * 1024;

/** One end of a connection. */
export class VirtualSocket implements Socket {
  readonly local: Address;
  readonly remote: Address;
  readonly peerHost: NetworkHost;
  closed = false;
  readonly #network: VirtualNetwork;
  #handlers: SocketHandlers | undefined;
  #peer: VirtualSocket | undefined;
  /** Written and not yet in the kernel. */
  #outbox: Buffer[] = [];
  #outboxBytes = 0;
  /** Sent and not yet read by the other side. */
  #unreadBytes = 0;
  /** Arrived and not yet read; `undefined` stands for the end of the stream. */
  readonly #inbox: (Buffer | undefined)[] = [];
  #paused = false;
  #ending = false;
  #endSent = false;
  #wantsDrain = false;

  constructor(network: VirtualNetwork, peerHost: NetworkHost, local: Address, remote: Address) {
    this.#network = network;
    this.peerHost = peerHost;
    this.local = local;
    this.remote = remote;
    network.sockets.add(this);
  }

  get host(): NetworkHost {
    return this.#network.host;
  }

  get bufferedBytes(): number {
    return this.#outboxBytes;
  }

  setHandlers(handlers: SocketHandlers): void {
    this.#handlers = handlers;
  }

  write(buffers: readonly Uint8Array[]): boolean {
    if (this.closed || this.#ending) return false;
    this.#network.writeCount++;
    const written = buffers.map((buffer) => Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length));
    this.#outbox.push(...written);
    for (const buffer of written) this.#outboxBytes += buffer.length;
    this.pump();
    this.#wantsDrain ||= this.#outboxBytes > highWaterBytes;
    return !this.#wantsDrain;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#network.fabric.time.schedule(0, () => this.#read());
  }

  end(): void {
    if (this.closed || this.#ending) return;
    this.#ending = true;
    this.pump();
  }

  destroy(): void {
    if (this.closed) return;
    this.#outbox = [];
    this.#outboxBytes = 0;
    if (!this.#endSent) this.#send(undefined);
    this.#close(undefined);
  }

  /** Breaks the connection here with an error, as a reset would. */
  fail(code: string): void {
    if (!this.closed) this.#close(code);
  }

  /** The process of this end is gone. The kernel of a machine that is up closes the connection; one that lost power stays silent. */
  die(): void {
    if (this.host.up && !this.#endSent) this.#send(undefined);
    this.closed = true;
    this.#network.sockets.delete(this);
  }

  /** The other end exists: bytes may travel to it. */
  meet(peer: VirtualSocket): void {
    this.#peer = peer;
  }

  open(peer: VirtualSocket): void {
    if (!this.#usable()) {
      peer.#arrive(undefined);
      return;
    }
    this.meet(peer);
    this.#network.halt.event(() => {
      if (this.#usable()) this.#handlers?.onOpen?.();
      this.pump();
    });
  }

  /** Moves bytes from the outbox to the wire as far as the other side has room. */
  pump(): void {
    if (this.#peer === undefined || this.closed) return;
    const { fabric } = this.#network;
    let room = fabric.windowBytes - this.#unreadBytes;
    while (this.#outboxBytes > 0 && room > 0) {
      const all = this.#outbox.length === 1 ? (this.#outbox[0] as Buffer) : Buffer.concat(this.#outbox);
      const count = Math.min(all.length, room, fabric.maxChunkBytes);
      this.#send(Buffer.from(all.subarray(0, count)));
      this.#outbox = [all.subarray(count)];
      this.#outboxBytes -= count;
      room -= count;
    }
    if (this.#outboxBytes === 0) this.#outbox = [];
    if (this.#outboxBytes === 0 && this.#wantsDrain) this.#drained();
    if (this.#outboxBytes === 0 && this.#ending && !this.#endSent) this.#send(undefined);
  }

  #send(chunk: Buffer | undefined): void {
    const peer = this.#peer;
    if (chunk === undefined) this.#endSent = true;
    else this.#unreadBytes += chunk.length;
    if (peer !== undefined) this.#network.fabric.carry(this.host, peer.host, () => peer.#arrive(chunk));
  }

  #drained(): void {
    this.#wantsDrain = false;
    this.#network.fabric.time.schedule(0, () => {
      this.#network.halt.event(() => this.#usable() && this.#handlers?.onDrain?.());
    });
  }

  #arrive(chunk: Buffer | undefined): void {
    if (this.closed) {
      // A machine that is up resets whoever writes to a connection that it does not know.
      const peer = this.#peer;
      if (chunk !== undefined && peer !== undefined) {
        this.#network.fabric.carry(this.host, peer.host, () => peer.fail('ECONNRESET'));
      }
      return;
    }
    this.#inbox.push(chunk);
    this.#network.halt.event(() => this.#read());
  }

  #read(): void {
    while (!this.#paused && this.#inbox.length > 0 && this.#usable()) {
      const chunk = this.#inbox.shift();
      if (chunk === undefined) {
        this.#ended();
        return;
      }
      const peer = this.#peer;
      if (peer !== undefined) {
        peer.#unreadBytes -= chunk.length;
        peer.pump();
      }
      this.#handlers?.onData(chunk);
    }
  }

  /** The other side sends no more: this side sends what it has, and closes. */
  #ended(): void {
    this.end();
    this.#close(undefined);
  }

  #close(code: string | undefined): void {
    this.closed = true;
    this.#network.sockets.delete(this);
    const reason = code === undefined ? undefined : { code, error: `${code}: ${this.remote.host}:${this.remote.port}` };
    this.#network.fabric.time.schedule(0, () => {
      this.#network.halt.event(() => this.#network.alive() && this.#handlers?.onClose(reason));
    });
  }

  #usable(): boolean {
    return !this.closed && this.#network.alive();
  }
}
