import type { Address, Listener, Network, NetworkError, Socket, SocketHandlers } from '../../src/platform/ports.ts';
import { Halt } from './halt.ts';
import { VirtualSocket } from './virtual-socket.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What the network needs to know of a machine. */
export interface NetworkHost {
  readonly name: string;
  readonly ip: string;
  /** False while the machine is down: it answers nothing at all. */
  readonly up: boolean;
  /** The network of the process that runs now, if one does. */
  readonly network: VirtualNetwork | undefined;
}

/** All wires of one world. Delivery is reliable and in order unless a link is cut: then everything waits until it is healed. */
export class VirtualFabric {
  readonly time: VirtualTime;
  /** One way, per message. */
  latencyMs = 0.1;
  /** Bytes that a direction of a connection takes before the sender has to keep the rest (kernel buffers of both sides). */
  windowBytes = 256 * 1024;
  /** Largest chunk that a reader gets; 1 splits every frame at every byte. */
  maxChunkBytes = Number.POSITIVE_INFINITY;
  readonly #hosts: Iterable<NetworkHost>;
  readonly #cut = new Map<string, (() => void)[]>();
  readonly #lastArrivalMs = new Map<string, number>();

  constructor(time: VirtualTime, hosts: Iterable<NetworkHost>) {
    this.time = time;
    this.#hosts = hosts;
  }

  /** Cuts both directions silently: nothing is lost, nothing arrives, nobody is told. */
  cut(a: string, b: string): void {
    this.cutOneWay(a, b);
    this.cutOneWay(b, a);
  }

  cutOneWay(from: string, to: string): void {
    const link = `${from}>${to}`;
    if (!this.#cut.has(link)) this.#cut.set(link, []);
  }

  /** Heals both directions: what waited arrives now, in order. */
  heal(a: string, b: string): void {
    for (const link of [`${a}>${b}`, `${b}>${a}`]) {
      const waiting = this.#cut.get(link) ?? [];
      this.#cut.delete(link);
      for (const arrive of waiting) this.#travel(link, arrive);
    }
  }

  healAll(): void {
    for (const link of [...this.#cut.keys()]) this.heal(...(link.split('>') as [string, string]));
  }

  /** Breaks all connections between two machines: both sides see ECONNRESET. */
  reset(a: string, b: string): void {
    for (const host of this.#hosts) {
      for (const socket of [...(host.network?.sockets ?? [])]) {
        const pair = [socket.host.name, socket.peerHost.name];
        if (pair.includes(a) && pair.includes(b)) socket.fail('ECONNRESET');
      }
    }
  }

  /** Lets `arrive` happen at the other end of a link, in order with all before it. */
  carry(from: NetworkHost, to: NetworkHost, arrive: () => void): void {
    const link = `${from.name}>${to.name}`;
    const arriveUnlessCut = () => {
      const waiting = this.#cut.get(link);
      if (waiting !== undefined) waiting.push(arriveUnlessCut);
      else if (to.up) arrive();
    };
    this.#travel(link, arriveUnlessCut);
  }

  resolve(name: string, from: NetworkHost): NetworkHost | undefined {
    if (['127.0.0.1', '::1', 'localhost', '0.0.0.0'].includes(name)) return from;
    for (const host of this.#hosts) if (host.name === name || host.ip === name) return host;
    return undefined;
  }

  #travel(link: string, arrive: () => void): void {
    const { nowMs } = this.time;
    const atMs = Math.max(nowMs + this.latencyMs, this.#lastArrivalMs.get(link) ?? 0);
    this.#lastArrivalMs.set(link, atMs);
    this.time.schedule(atMs - nowMs, arrive);
  }
}

interface OpenListener extends Listener {
  readonly onConnection: (socket: Socket) => void;
}

/** The network as one process sees it. */
export class VirtualNetwork implements Network {
  readonly fabric: VirtualFabric;
  readonly host: NetworkHost;
  readonly alive: () => boolean;
  readonly halt: Halt;
  /** Sockets that are not closed. */
  readonly sockets = new Set<VirtualSocket>();
  /** Calls of `Socket.write` by this process: each stands for one system call. */
  writeCount = 0;
  readonly #listeners = new Map<number, OpenListener>();
  #nextPort = 32_768;

  constructor(fabric: VirtualFabric, host: NetworkHost, alive: () => boolean, halt = new Halt()) {
    this.fabric = fabric;
    this.host = host;
    this.alive = alive;
    this.halt = halt;
  }

  localAddresses(): readonly string[] {
    return [this.host.ip];
  }

  listen(
    address: Address,
    onConnection: (socket: Socket) => void,
    done: (result: Listener | NetworkError) => void,
  ): void {
    this.fabric.time.schedule(0, () => {
      if (!this.alive()) return;
      const port = address.port === 0 ? this.#takePort() : address.port;
      if (this.#listeners.has(port)) {
        done({ code: 'EADDRINUSE', error: `${address.host}:${port} is in use` });
        return;
      }
      const close = (closed?: () => void) => {
        this.#listeners.delete(port);
        if (closed !== undefined) this.fabric.time.schedule(0, closed);
      };
      const listener = { address: { host: address.host, port }, onConnection, close };
      this.#listeners.set(port, listener);
      done(listener);
    });
  }

  connect(address: Address, handlers: SocketHandlers): Socket {
    const local = { host: this.host.ip, port: this.#takePort() };
    const target = this.fabric.resolve(address.host, this.host);
    const socket = new VirtualSocket(this, target ?? this.host, local, address);
    socket.setHandlers(handlers);
    if (target === undefined) this.fabric.time.schedule(0, () => socket.fail('ENOTFOUND'));
    else this.fabric.carry(this.host, target, () => this.#knock(socket, target, address.port));
    return socket;
  }

  /** The process died: its sockets go, and the kernel of a machine that is still up tells the other sides. */
  die(): void {
    for (const socket of [...this.sockets]) socket.die();
  }

  /** A connection request arrives at the target machine. */
  #knock(socket: VirtualSocket, target: NetworkHost, port: number): void {
    const listener = target.network?.alive() ? target.network.#listeners.get(port) : undefined;
    if (target.network === undefined || listener === undefined) {
      this.fabric.carry(target, this.host, () => socket.fail('ECONNREFUSED'));
      return;
    }
    if (socket.closed) return;
    const accepted = new VirtualSocket(target.network, this.host, { host: target.ip, port }, socket.local);
    accepted.meet(socket);
    this.fabric.carry(target, this.host, () => socket.open(accepted));
    target.network.halt.event(() => {
      listener.onConnection(accepted);
      accepted.pump();
    });
  }

  #takePort(): number {
    while (this.#listeners.has(this.#nextPort)) this.#nextPort++;
    return this.#nextPort++;
  }
}
