import type { Message } from '../../raft/index.ts';
import type { Clock, Logger, Network, NetworkError, Socket, Timer, Timers } from '../../src/platform/ports.ts';
import { formatAddress } from '../../src/remoting/address.ts';
import { FrameReader } from './frame-reader.ts';
import {
  decodeHello,
  decodeRefusal,
  encodeHello,
  encodeRefusal,
  type Hello,
  helloType,
  maxHelloBytes,
  type Refusal,
  refuseType,
} from './hello.ts';
import type { PeerAddress } from './peers.ts';
import { connectionMagic, encodeMessage, frameHeaderBytes, frameType } from './wire.ts';

/** A dial that has no hello after this time is given up. */
export const helloTimeoutMs = 2000;
const redialMinMs = 50;
const redialMaxMs = 1000;
/** A connection that lasted so long is dialed again at once. */
const steadyMs = 200;
/** A peer that is sent to and from which nothing comes for this time is dialed anew: TCP alone may sleep for minutes after a partition. */
const silenceMs = 3000;
/** More waiting bytes than this are dropped: Raft repeats. */
const maxPendingBytes = 256 << 20;

export interface LinkWorld {
  readonly network: Network;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the link asks of the transport. */
export interface LinkOwner {
  /** The hello to send to this peer now. */
  hello(peer: string): Hello;
  /** Checks an answer; a refusal closes the connection. */
  answered(peer: string, hello: Hello): Refusal | undefined;
  /** The answer was accepted: messages can be sent. */
  connected(peer: string, hello: Hello): void;
  /** The connection ended, or a dial failed. */
  closed(peer: string): void;
  /** The peer refuses this member. */
  refused(peer: string, refusal: Refusal): void;
}

/** The connection that this member dials to one peer, and sends on; it is dialed again for ever. */
export class PeerLink {
  readonly peer: PeerAddress;
  readonly #world: LinkWorld;
  readonly #owner: LinkOwner;
  #socket: Socket | undefined;
  /** The peer answered: messages go out. */
  #open = false;
  #openedMs = 0;
  #stopped = false;
  #redialMs = redialMinMs;
  #timer: Timer | undefined;
  /** Messages of this Ready. */
  readonly #outbox: Buffer[] = [];
  #outboxBytes = 0;
  /** Since when something was sent without any sign of the peer; undefined = no such time. */
  #silentSinceMs: number | undefined;
  /** Incarnation of the process at the other end. */
  #incarnation = 0;
  /** The last thing that was logged of failures, so that each is logged once. */
  #loggedFailure = '';
  readonly #dial = (): void => this.#connect();

  constructor(peer: PeerAddress, world: LinkWorld, owner: LinkOwner) {
    this.peer = peer;
    this.#world = world;
    this.#owner = owner;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get pendingBytes(): number {
    return this.#outboxBytes + (this.#socket?.bufferedBytes ?? 0);
  }

  start(): void {
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#socket?.destroy();
  }

  /** Something came from the peer. */
  heard(): void {
    this.#silentSinceMs = undefined;
  }

  /** The peer lives, for it has just dialed: does not sit out the time until the next dial. */
  dialNow(): void {
    if (this.#socket !== undefined || this.#timer === undefined) return;
    this.#cancelTimer();
    this.#connect();
  }

  /** Gives the connection up and dials again: its other end is gone. */
  renew(): void {
    this.#socket?.destroy();
  }

  send(message: Message, incarnation: number): void {
    if (!this.#open || this.pendingBytes > maxPendingBytes) return;
    this.#outboxBytes += encodeMessage(message, incarnation, this.#outbox);
  }

  /** Sends a frame that is no message of Raft's, with the next flush; false if it could not be taken. */
  sendFrame(buffers: readonly Buffer[]): boolean {
    if (!this.#open || this.pendingBytes > maxPendingBytes) return false;
    for (const buffer of buffers) {
      this.#outbox.push(buffer);
      this.#outboxBytes += buffer.length;
    }
    return true;
  }

  /** One gathered write for all that was sent since the last flush. */
  flush(): void {
    if (this.#outbox.length === 0) return;
    if (this.#open) this.#socket?.write(this.#outbox);
    this.#outbox.length = 0;
    this.#outboxBytes = 0;
    const nowMs = this.#world.clock.monotonicMs();
    this.#silentSinceMs ??= nowMs;
    if (nowMs - this.#silentSinceMs < silenceMs) return;
    this.#world.logger.warn('a peer is silent, its connection is dialed anew', { peer: this.peer.id });
    this.renew();
  }

  #connect(): void {
    this.#timer = undefined;
    if (this.#stopped) return;
    const reader = new FrameReader(maxHelloBytes, (frame) => this.#onFrame(frame));
    const socket = this.#world.network.connect(this.peer, {
      onOpen: () => socket.write([connectionMagic, encodeHello(this.#owner.hello(this.peer.id))]),
      onData: (chunk) => {
        const fault = reader.push(chunk);
        if (fault !== undefined) this.#giveUp(fault);
      },
      onClose: (reason) => this.#onClose(reason),
    });
    this.#socket = socket;
    this.#timer = this.#world.timers.after(helloTimeoutMs, () => {
      this.#timer = undefined;
      this.#giveUp(`no answer within ${helloTimeoutMs} ms`);
    });
  }

  #onFrame(frame: Buffer): boolean {
    const type = frame.length < frameHeaderBytes ? 0 : frameType(frame);
    if (this.#open || (type !== helloType && type !== refuseType))
      return this.#giveUp(`an unexpected frame of type ${type}`);
    if (type === refuseType) return this.#onRefusal(decodeRefusal(frame));
    const hello = decodeHello(frame);
    if (typeof hello === 'string') return this.#giveUp(hello);
    const refusal = this.#owner.answered(this.peer.id, hello);
    if (refusal !== undefined) return this.#refuse(refusal);
    this.#cancelTimer();
    this.#open = true;
    this.#openedMs = this.#world.clock.monotonicMs();
    this.#silentSinceMs = undefined;
    this.#incarnation = hello.incarnation;
    this.#loggedFailure = '';
    this.#world.logger.info('connected to a peer', { peer: this.peer.id, incarnation: hello.incarnation });
    this.#owner.connected(this.peer.id, hello);
    return true;
  }

  /** Tells the other side why this one does not want to talk to it. */
  #refuse(refusal: Refusal): false {
    this.#logFailure(refusal.message);
    const own = this.#owner.hello(this.peer.id);
    this.#socket?.write([encodeRefusal(refusal, own.term, own.incarnation)]);
    this.#socket?.end();
    return false;
  }

  #onRefusal(refusal: Refusal | string): boolean {
    if (typeof refusal === 'string') return this.#giveUp(refusal);
    this.#giveUp(`refused: ${refusal.message}`);
    this.#owner.refused(this.peer.id, refusal);
    return false;
  }

  #giveUp(why: string): false {
    this.#logFailure(why);
    this.#socket?.destroy();
    return false;
  }

  #onClose(reason: NetworkError | undefined): void {
    const { clock, timers } = this.#world;
    const wasOpen = this.#open;
    this.#socket = undefined;
    this.#open = false;
    this.#outbox.length = 0;
    this.#outboxBytes = 0;
    this.#cancelTimer();
    if (this.#stopped) return;
    if (reason !== undefined) this.#logFailure(reason.error);
    const steady = wasOpen && clock.monotonicMs() - this.#openedMs >= steadyMs;
    if (steady) this.#redialMs = redialMinMs;
    if (steady) this.#connect();
    else {
      this.#timer = timers.after(this.#redialMs, this.#dial);
      this.#redialMs = Math.min(this.#redialMs * 2, redialMaxMs);
    }
    this.#owner.closed(this.peer.id);
  }

  #logFailure(why: string): void {
    if (why === this.#loggedFailure) return;
    this.#loggedFailure = why;
    this.#world.logger.warn('no connection to a peer', { peer: this.peer.id, address: formatAddress(this.peer), why });
  }

  #cancelTimer(): void {
    if (this.#timer !== undefined) this.#world.timers.cancel(this.#timer);
    this.#timer = undefined;
  }
}
