import type { Address, Listener, Network, NetworkError, Socket, SocketHandlers } from '../../src/platform/ports.ts';
import type { Chance } from './chance.ts';
import type { EventLoop } from './event-loop.ts';
import type { SimHost } from './sim-host.ts';
import type { SimProcess } from './sim-process.ts';
import { SimSocket } from './sim-socket.ts';

/** One way between two machines. */
interface Link {
  /** Cut links keep what is on its way: TCP sends it again when the link is back. */
  cuts: number;
  /** Who dials along a link that refuses gets ECONNREFUSED, as from a firewall that rejects. */
  refusals: number;
  lowMicros: number;
  highMicros: number;
  /** Directions of connections in which something waits. */
  readonly stuck: Set<Lane>;
}

/** One direction of one connection: bytes arrive in the order in which they were sent, or not at all. */
export class Lane {
  lastMicros = 0;
  waiting: Parcel[] = [];
  /** Parcels so far, and those of them that came through. */
  sent = 0;
  through = 0;
  /** Came before one that is sent again: they wait for it. */
  readonly early = new Map<number, Parcel>();
}

/** What goes along a lane: `turn` counts them. */
interface Parcel {
  readonly turn: number;
  readonly process: SimProcess | undefined;
  readonly arrive: () => void;
}

/** Longest pause of a sender that tries again on a link that was cut. */
const RESEND_MICROS = 300_000;

/** All wires of a world. Reordering happens across connections, never within one. */
export class SimFabric {
  readonly loop: EventLoop;
  readonly chance: Chance;
  readonly hosts = new Map<string, SimHost>();
  /** Largest chunk that a reader gets. */
  maxChunkBytes = 64 << 10;
  usualLatency = { lowMicros: 60, highMicros: 400 };
  readonly #byIp = new Map<string, SimHost>();
  readonly #links = new Map<string, Link>();

  constructor(loop: EventLoop, chance: Chance) {
    this.loop = loop;
    this.chance = chance;
  }

  add(host: SimHost): void {
    this.hosts.set(host.name, host);
    this.#byIp.set(host.ip, host);
  }

  resolve(name: string, from: SimHost): SimHost | undefined {
    if (name === '127.0.0.1' || name === 'localhost' || name === '0.0.0.0') return from;
    return this.hosts.get(name) ?? this.#byIp.get(name);
  }

  #link(from: string, to: string): Link {
    const key = `${from}>${to}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = { cuts: 0, refusals: 0, ...this.usualLatency, stuck: new Set() };
      this.#links.set(key, link);
    }
    return link;
  }

  /** Cuts one way, silently. Cuts add up: a link works again when each was healed. */
  cut(from: string, to: string): void {
    this.#link(from, to).cuts++;
  }

  heal(from: string, to: string): void {
    const link = this.#link(from, to);
    if (link.cuts === 0 || --link.cuts > 0) return;
    const stuck = [...link.stuck];
    link.stuck.clear();
    for (const lane of stuck) {
      const { waiting } = lane;
      lane.waiting = [];
      waiting.sort((a, b) => a.turn - b.turn);
      const micros = this.chance.below(RESEND_MICROS);
      lane.lastMicros = Math.max(lane.lastMicros, this.loop.nowMicros + micros);
      for (const { process, arrive } of waiting) this.#travel(link, lane, process, arrive);
    }
  }

  isCut(from: string, to: string): boolean {
    return (this.#links.get(`${from}>${to}`)?.cuts ?? 0) > 0;
  }

  /** Whether one of the workload's clients (`c0`, `c1`, …) and the machine called `name` reach each other. */
  clientsReach(name: string): boolean {
    for (const one of this.hosts.keys()) {
      if (/^c\d+$/.test(one) && !this.isCut(one, name) && !this.isCut(name, one)) return true;
    }
    return false;
  }

  /** Breaks all connections between two machines, and lets nobody of them reach the other until `admit`. Refusals add up like cuts. */
  refuse(a: string, b: string): void {
    this.#link(a, b).refusals++;
    this.#link(b, a).refusals++;
    this.reset(a, b);
  }

  admit(a: string, b: string): void {
    this.#link(a, b).refusals--;
    this.#link(b, a).refusals--;
  }

  isRefused(from: string, to: string): boolean {
    return (this.#links.get(`${from}>${to}`)?.refusals ?? 0) > 0;
  }

  /** One way takes so long from now on; without times, as usual. */
  setLatency(from: string, to: string, times: { lowMicros: number; highMicros: number } = this.usualLatency): void {
    Object.assign(this.#link(from, to), times);
  }

  /** Breaks all connections between two machines: both sides see ECONNRESET, what was on its way is lost. */
  reset(a: string, b: string): void {
    for (const host of [this.hosts.get(a), this.hosts.get(b)]) {
      for (const socket of [...(host?.process?.network.sockets ?? [])]) {
        const other = socket.peerHost.name;
        if (other === a || other === b) socket.fail('ECONNRESET');
      }
    }
  }

  /**
   * Lets something happen at the other end, in the order of its lane. `process`: who sees it there; it waits while that one is stopped, and its kernel goes
   * on when it is dead.
   */
  carry(from: SimHost, to: SimHost, lane: Lane, process: SimProcess | undefined, arrive: () => void): void {
    if (from === to) {
      this.#travel(undefined, lane, process, arrive);
      return;
    }
    const link = this.#link(from.name, to.name);
    const turn = lane.sent++;
    const arriveUnlessCut = (): void => {
      const parcel = { turn, process, arrive: arriveUnlessCut };
      if (link.cuts > 0 || lane.waiting.length > 0) {
        link.stuck.add(lane);
        lane.waiting.push(parcel);
        return;
      }
      if (turn !== lane.through) {
        lane.early.set(turn, parcel);
        return;
      }
      lane.through++;
      if (to.up) arrive();
      const next = lane.early.get(lane.through);
      if (next === undefined) return;
      lane.early.delete(next.turn);
      this.loop.schedule(0, next.process, next.arrive, true);
    };
    this.#travel(link, lane, process, arriveUnlessCut);
  }

  #travel(link: Link | undefined, lane: Lane, process: SimProcess | undefined, arrive: () => void): void {
    const { lowMicros, highMicros } = link ?? { lowMicros: 10, highMicros: 40 };
    const at = Math.max(lane.lastMicros, this.loop.nowMicros + this.chance.between(lowMicros, highMicros));
    lane.lastMicros = at;
    this.loop.schedule(at - this.loop.nowMicros, process, arrive, true);
  }
}

interface OpenListener extends Listener {
  readonly onConnection: (socket: Socket) => void;
}

/** The network as one process sees it. */
export class SimNetwork implements Network {
  readonly fabric: SimFabric;
  readonly process: SimProcess;
  readonly sockets = new Set<SimSocket>();
  readonly #listeners = new Map<number, OpenListener>();
  #nextPort = 32_768;

  constructor(fabric: SimFabric, process: SimProcess) {
    this.fabric = fabric;
    this.process = process;
  }

  get host(): SimHost {
    return this.process.host;
  }

  localAddresses(): readonly string[] {
    return [this.host.ip];
  }

  listen(
    address: Address,
    onConnection: (socket: Socket) => void,
    done: (result: Listener | NetworkError) => void,
  ): void {
    this.fabric.loop.schedule(1, this.process, () => {
      const port = address.port === 0 ? this.#takePort() : address.port;
      if (this.#listeners.has(port)) {
        done({ code: 'EADDRINUSE', error: `${address.host}:${port} is in use` });
        return;
      }
      const close = (closed?: () => void): void => {
        this.#listeners.delete(port);
        if (closed !== undefined) this.fabric.loop.schedule(1, this.process, closed);
      };
      const listener = { address: { host: address.host, port }, onConnection, close };
      this.#listeners.set(port, listener);
      done(listener);
    });
  }

  connect(address: Address, handlers: SocketHandlers): Socket {
    const { fabric, host } = this;
    const local = { host: host.ip, port: this.#takePort() };
    const target = fabric.resolve(address.host, host);
    const socket = new SimSocket(this, target ?? host, local, address);
    socket.setHandlers(handlers);
    if (target === undefined) fabric.loop.schedule(1, this.process, () => socket.fail('ENOTFOUND'));
    else fabric.carry(host, target, socket.lane, undefined, () => knock(fabric, socket, host, target, address.port));
    return socket;
  }

  listenerAt(port: number): OpenListener | undefined {
    return this.#listeners.get(port);
  }

  /** The process died: its sockets go with it. */
  die(): void {
    for (const socket of [...this.sockets]) socket.die();
    this.#listeners.clear();
  }

  #takePort(): number {
    while (this.#listeners.has(this.#nextPort)) this.#nextPort++;
    return this.#nextPort++;
  }
}

/** A connection request arrives at a machine that is up. */
function knock(fabric: SimFabric, socket: SimSocket, from: SimHost, target: SimHost, port: number): void {
  const { process } = target;
  const listener = process?.alive ? process.network.listenerAt(port) : undefined;
  if (process === undefined || listener === undefined || fabric.isRefused(from.name, target.name)) {
    fabric.carry(target, from, new Lane(), socket.process, () => socket.fail('ECONNREFUSED'));
    return;
  }
  if (socket.closed) return;
  const accepted = new SimSocket(process.network, from, { host: target.ip, port }, socket.local);
  accepted.meet(socket);
  fabric.carry(target, from, accepted.lane, socket.process, () => socket.open(accepted));
  accepted.inProcess(() => {
    if (accepted.closed) return;
    listener.onConnection(accepted);
    accepted.pump();
  });
}
