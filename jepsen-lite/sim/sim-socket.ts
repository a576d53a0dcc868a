import type { Address, Socket, SocketHandlers } from '../../src/platform/ports.ts';
import type { SimHost } from './sim-host.ts';
import { Lane, type SimNetwork } from './sim-network.ts';
import type { SimProcess } from './sim-process.ts';

const HIGH_WATER_BYTES = 64 << 10;
/** Bytes that both kernels hold for one direction. */
const WINDOW_BYTES = 256 << 10;
/** Stands for the end of the stream. */
const END = Symbol('end');

/** One end of a connection. */
export class SimSocket implements Socket {
  readonly local: Address;
  readonly remote: Address;
  readonly peerHost: SimHost;
  /** From here to the other side. */
  readonly lane = new Lane();
  closed = false;
  readonly #network: SimNetwork;
  #handlers: SocketHandlers | undefined;
  #peer: SimSocket | undefined;
  #outbox: Buffer[] = [];
  #outboxBytes = 0;
  /** Sent, and not yet read by the other side. */
  #unreadBytes = 0;
  readonly #inbox: (Buffer | typeof END)[] = [];
  #paused = false;
  #ending = false;
  #endSent = false;
  #wantsDrain = false;

  constructor(network: SimNetwork, peerHost: SimHost, local: Address, remote: Address) {
    this.#network = network;
    this.peerHost = peerHost;
    this.local = local;
    this.remote = remote;
    network.sockets.add(this);
  }

  /** The process that this end belongs to. */
  get process(): SimProcess {
    return this.#network.process;
  }

  get bufferedBytes(): number {
    return this.#outboxBytes;
  }

  setHandlers(handlers: SocketHandlers): void {
    this.#handlers = handlers;
  }

  write(buffers: readonly Uint8Array[]): boolean {
    if (this.closed || this.#ending) return false;
    const chunk = Buffer.concat(buffers);
    if (chunk.length > 0) {
      this.#outbox.push(chunk);
      this.#outboxBytes += chunk.length;
      this.pump();
    }
    this.#wantsDrain ||= this.#outboxBytes > HIGH_WATER_BYTES;
    return !this.#wantsDrain;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#later(() => this.#read());
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
    if (!this.#endSent) this.#send(END);
    this.#close(undefined);
  }

  /** Breaks this end with an error. */
  fail(code: string): void {
    if (!this.closed) this.#close(code);
  }

  /** The process of this end is gone. The kernel of a machine that is up closes the connection; one without power stays silent. */
  die(): void {
    if (this.#network.host.up && !this.#endSent) this.#send(END);
    this.closed = true;
    this.#network.sockets.delete(this);
  }

  meet(peer: SimSocket): void {
    this.#peer = peer;
  }

  /** The other machine has accepted. */
  open(peer: SimSocket): void {
    this.meet(peer);
    if (this.closed) {
      this.#send(END);
      return;
    }
    this.#handlers?.onOpen?.();
    this.pump();
  }

  /** Moves bytes from the outbox to the wire as far as there is room. */
  pump(): void {
    if (this.#peer === undefined || this.closed) return;
    const { fabric } = this.#network;
    while (this.#outbox.length > 0 && this.#unreadBytes < WINDOW_BYTES) {
      const chunk = this.#outbox[0] as Buffer;
      const most = fabric.maxChunkBytes;
      const sent = chunk.length <= most ? chunk : chunk.subarray(0, most);
      if (sent === chunk) this.#outbox.shift();
      else this.#outbox[0] = chunk.subarray(most);
      this.#outboxBytes -= sent.length;
      this.#send(sent);
    }
    if (this.#outboxBytes > 0) return;
    if (this.#wantsDrain) this.#drained();
    if (this.#ending && !this.#endSent) this.#send(END);
  }

  #send(chunk: Buffer | typeof END): void {
    const peer = this.#peer;
    if (chunk === END) this.#endSent = true;
    else this.#unreadBytes += chunk.length;
    if (peer === undefined) return;
    const { fabric, host } = this.#network;
    fabric.carry(host, this.peerHost, this.lane, peer.process, () => peer.#arrive(chunk));
  }

  #drained(): void {
    this.#wantsDrain = false;
    this.#later(() => {
      if (!this.closed) this.#handlers?.onDrain?.();
    });
  }

  /**
   * Does something that the process sees: now, as an event of its own, so that it waits while the process is stopped. The kernel goes on when the
   * process is dead.
   */
  inProcess(run: () => void): void {
    this.#network.fabric.loop.schedule(0, this.#network.process, run, true);
  }

  #later(run: () => void): void {
    this.#network.fabric.loop.schedule(1, this.#network.process, run);
  }

  #arrive(chunk: Buffer | typeof END): void {
    const { fabric, host, process } = this.#network;
    if (this.closed || !process.alive) {
      // A machine that is up resets whoever writes to a connection that it does not know.
      const peer = this.#peer;
      if (chunk !== END && peer !== undefined && host.up) {
        fabric.carry(host, this.peerHost, this.lane, peer.process, () => peer.fail('ECONNRESET'));
      }
      return;
    }
    fabric.loop.trace.mix(chunk === END ? -1 : chunk.length, process.id);
    this.#inbox.push(chunk);
    this.#read();
  }

  #read(): void {
    while (!this.#paused && this.#inbox.length > 0 && !this.closed) {
      const chunk = this.#inbox.shift();
      if (chunk === undefined || chunk === END) {
        this.end();
        this.#close(undefined);
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

  #close(code: string | undefined): void {
    this.closed = true;
    this.#network.sockets.delete(this);
    const reason = code === undefined ? undefined : { code, error: `${code}: ${this.remote.host}:${this.remote.port}` };
    this.#later(() => this.#handlers?.onClose(reason));
  }
}
