import type { Socket, Timer, Timers } from '../../src/platform/ports.ts';
import { FrameReader } from './frame-reader.ts';
import {
  decodeHello,
  encodeHello,
  encodeRefusal,
  type Hello,
  helloType,
  maxHelloBytes,
  type Refusal,
} from './hello.ts';
import { helloTimeoutMs } from './peer-link.ts';
import { connectionMagic, frameHeaderBytes, frameType, maxFrameBytes } from './wire.ts';

export interface AcceptedOwner {
  /** Judges the dialer; the own hello is the answer, a refusal closes the connection. */
  greeted(
    connection: AcceptedPeer,
    hello: Hello,
  ): { readonly refusal: Refusal; readonly own: Hello } | { readonly own: Hello };
  /** A frame behind the hello; a text is a fault that closes the connection. */
  frame(connection: AcceptedPeer, frame: Buffer): string | undefined;
  /** The connection makes no sense, and is closed. */
  fault(connection: AcceptedPeer, why: string): void;
  closed(connection: AcceptedPeer): void;
}

/** A connection that a peer dialed: it brings that peer's messages; nothing but one hello goes back. */
export class AcceptedPeer {
  /** The dialer's hello, once it was accepted. */
  hello: Hello | undefined;
  readonly #socket: Socket;
  readonly #owner: AcceptedOwner;
  readonly #timers: Timers;
  readonly #reader: FrameReader;
  #timer: Timer | undefined;
  /** What is there of the magic that opens the connection; undefined once it was seen. */
  #opening: Buffer | undefined = Buffer.alloc(0);
  #closed = false;

  constructor(socket: Socket, timers: Timers, owner: AcceptedOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.#timers = timers;
    this.#reader = new FrameReader(maxHelloBytes, (frame) => this.#onFrame(frame));
    this.#timer = timers.after(helloTimeoutMs, () => this.#fail(`no hello within ${helloTimeoutMs} ms`));
    socket.setHandlers({ onData: (chunk) => this.receive(chunk), onClose: () => this.#onClose() });
  }

  get remote(): string {
    return this.#socket.remote.host;
  }

  receive(chunk: Buffer): void {
    if (this.#closed) return;
    let rest = chunk;
    if (this.#opening !== undefined) {
      const opening = Buffer.concat([this.#opening, chunk]);
      const length = Math.min(opening.length, connectionMagic.length);
      if (!opening.subarray(0, length).equals(connectionMagic.subarray(0, length))) {
        this.#fail('it does not open as a peer of this software does');
        return;
      }
      this.#opening = length < connectionMagic.length ? opening : undefined;
      if (this.#opening !== undefined) return;
      rest = opening.subarray(length);
    }
    const fault = this.#reader.push(rest);
    if (fault !== undefined) this.#fail(fault);
  }

  /** Closes without a word. */
  destroy(): void {
    this.#closed = true;
    this.#cancelTimer();
    this.#socket.destroy();
  }

  #onFrame(frame: Buffer): boolean {
    if (this.#closed) return false;
    const fault = this.hello === undefined ? this.#onHello(frame) : this.#owner.frame(this, frame);
    if (fault !== undefined) this.#fail(fault);
    return !this.#closed;
  }

  #onHello(frame: Buffer): string | undefined {
    if (frame.length < frameHeaderBytes || frameType(frame) !== helloType) return 'a frame before the hello';
    const hello = decodeHello(frame);
    if (typeof hello === 'string') return hello;
    const verdict = this.#owner.greeted(this, hello);
    this.#cancelTimer();
    if ('refusal' in verdict) {
      this.#socket.write([encodeRefusal(verdict.refusal, verdict.own.term, verdict.own.incarnation)]);
      this.#socket.end();
      this.#closed = true;
      return undefined;
    }
    this.hello = hello;
    this.#reader.maxBytes = maxFrameBytes;
    this.#socket.write([encodeHello(verdict.own)]);
    return undefined;
  }

  #fail(why: string): void {
    if (this.#closed) return;
    this.#owner.fault(this, why);
    this.destroy();
  }

  #onClose(): void {
    this.#closed = true;
    this.#cancelTimer();
    this.#owner.closed(this);
  }

  #cancelTimer(): void {
    if (this.#timer !== undefined) this.#timers.cancel(this.#timer);
    this.#timer = undefined;
  }
}
