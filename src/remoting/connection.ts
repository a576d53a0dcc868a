import type { NetworkError, Socket } from '../platform/ports.ts';
import { encodeFrameHeader, FrameDecoder } from '../protocol/frame.ts';
import type { FrameError } from '../protocol/frame-error.ts';
import {
  type ExtFields,
  FLAG_ONEWAY,
  FLAG_RESPONSE,
  type RemotingCommand,
  type SerializeType,
} from '../protocol/remoting-command.ts';
import { formatAddress } from './address.ts';
import type { Dispatcher } from './dispatcher.ts';
import { IncomingRequest } from './incoming-request.ts';
import type { ConnectionLimits, RemotingPlatform } from './limits.ts';
import { Outbox } from './outbox.ts';
import { type InvokeDone, type InvokeFailure, PendingRequests } from './pending-requests.ts';
import type { Connection } from './request-context.ts';

/** What a request without a body is counted as among the bytes in flight. */
const requestOverheadBytes = 512;
/** A server of which nothing came for so long after a request is taken for dead once a request times out. */
const silentMs = 5000;
/** How long a closing connection may take to get rid of what is queued. */
const closingMs = 5000;

/** The server or client that a connection belongs to. */
export interface ConnectionOwner {
  readonly platform: RemotingPlatform;
  readonly dispatcher: Dispatcher;
  readonly limits: ConnectionLimits;
  /** Header encoding of requests to a peer that has sent none itself. */
  readonly serializeType: SerializeType;
  /** Does a peer that leaves requests unanswered for long lose its connection? */
  readonly closesSilent: boolean;
  /** What the incomplete frames of all its connections take. */
  incompleteBytes: number;
  /** Bytes came that are no frame; the connection closes itself. */
  onGarbage(connection: RemotingConnection, garbage: FrameError): void;
  /** Last event of a connection. */
  onClosed(connection: RemotingConnection, reason: NetworkError | undefined): void;
}

let lastId = 0;

/** One connection, the same for both sides: requests and responses go both ways (NettyRemotingAbstract.java). */
export class RemotingConnection implements Connection {
  readonly id: number;
  readonly remoteAddress: string;
  readonly remoteHost: string;
  readonly remotePort: number;
  closed = false;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #decoder: FrameDecoder;
  readonly #outbox: Outbox;
  readonly #pending: PendingRequests;
  #serializeType: SerializeType;
  /** Why requests have no answer if the connection ends now. */
  #endsAs: InvokeFailure;
  /** What is counted of this one in `incompleteBytes`. */
  #heldBytes = 0;
  #inFlight = 0;
  #inFlightBytes = 0;
  #readingPaused = false;
  #draining = false;
  #receivedAtMs: number;
  /** Monotonic time of the first request of ours since which nothing was received. */
  #silentSinceMs = Number.POSITIVE_INFINITY;
  /** Monotonic time at which bytes last moved in either direction. */
  #activeAtMs: number;
  #closingSinceMs = Number.POSITIVE_INFINITY;
  readonly #onCommand = (command: RemotingCommand) => this.#accept(command);

  /** `opened` is false for a socket that is still connecting. */
  constructor(socket: Socket, owner: ConnectionOwner, opened: boolean) {
    const { clock, timers } = owner.platform;
    this.id = ++lastId;
    this.remoteHost = socket.remote.host;
    this.remotePort = socket.remote.port;
    this.remoteAddress = formatAddress(socket.remote);
    this.#socket = socket;
    this.#owner = owner;
    this.#endsAs = opened ? 'closed' : 'connect-failed';
    this.#serializeType = owner.serializeType;
    this.#decoder = new FrameDecoder(owner.limits.maxFrameBytes);
    this.#outbox = new Outbox(socket, timers, () => this.#flushed());
    this.#pending = new PendingRequests(clock, timers, () => this.#closeIfSilent());
    this.#receivedAtMs = clock.monotonicMs();
    this.#activeAtMs = this.#receivedAtMs;
  }

  /** Requests received here that are not answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  oneway(code: number, extFields: ExtFields, body?: Uint8Array): void {
    if (!this.closed) this.#sendRequest(code, FLAG_ONEWAY, this.#pending.nextOpaque(), extFields, body);
  }

  invoke(
    code: number,
    extFields: ExtFields,
    body: Uint8Array | undefined,
    timeoutMs: number,
    done: (response: RemotingCommand | undefined) => void,
  ): void {
    this.request(code, extFields, body, timeoutMs, done);
  }

  /** `invoke` that also tells why there is no response. */
  request(code: number, extFields: ExtFields, body: Uint8Array | undefined, timeoutMs: number, done: InvokeDone): void {
    const { clock, timers } = this.#owner.platform;
    if (this.closed) {
      timers.endOfTurn(() => done(undefined, 'closed'));
      return;
    }
    if (this.#silentSinceMs === Number.POSITIVE_INFINITY) this.#silentSinceMs = clock.monotonicMs();
    this.#sendRequest(code, 0, this.#pending.add(timeoutMs, done), extFields, body);
  }

  /** Sends the encoded answer of a request; for `IncomingRequest`. */
  answer(request: IncomingRequest, header: Uint8Array, body: readonly Uint8Array[] | undefined): void {
    this.#inFlight--;
    this.#inFlightBytes -= request.command.body.length + requestOverheadBytes;
    if (this.closed) return;
    this.#outbox.add(header, body);
    if (this.#readingPaused) this.#regulate();
    if (this.#draining && this.#inFlight === 0) this.close();
  }

  close(): void {
    if (this.closed) return;
    this.#outbox.flush();
    if (this.closed) return;
    this.#markClosed();
    this.#socket.resume();
    this.#socket.end();
  }

  /** Reads no more requests, and closes as soon as those that were read are answered. */
  drain(): void {
    if (this.closed || this.#draining) return;
    this.#draining = true;
    this.#regulate();
    if (this.#inFlight === 0) this.close();
  }

  /** Closes at once; what is queued is lost. */
  destroy(): void {
    this.#markClosed();
    this.#socket.destroy();
  }

  /** Called by the owner from time to time. */
  closeIfIdle(nowMs: number): void {
    if (nowMs - this.#closingSinceMs >= closingMs) this.#socket.destroy();
    else if (nowMs - this.#activeAtMs >= this.#owner.limits.idleMs) this.destroy();
  }

  /** The socket is connected. */
  onOpen(): void {
    this.#endsAs = 'closed';
    this.#noteActivity();
  }

  onData(chunk: Buffer): void {
    if (this.closed) return;
    this.#noteActivity();
    this.#receivedAtMs = this.#activeAtMs;
    this.#silentSinceMs = Number.POSITIVE_INFINITY;
    const garbage = this.#decoder.push(chunk, this.#onCommand);
    if (garbage !== undefined && !this.closed) {
      this.#endsAs = 'garbage';
      this.#owner.onGarbage(this, garbage);
      this.close();
    }
    if (this.#decoder.heldBytes !== this.#heldBytes) this.#countHeld();
    this.#regulate();
  }

  onDrain(): void {
    this.#noteActivity();
    this.#regulate();
  }

  onClose(reason: NetworkError | undefined): void {
    this.#markClosed();
    this.#pending.failAll(this.#endsAs);
    this.#owner.onClosed(this, reason);
  }

  #accept(command: RemotingCommand): void {
    if (this.closed) return;
    if ((command.flag & FLAG_RESPONSE) !== 0) {
      this.#pending.answer(command);
      return;
    }
    this.#serializeType = command.serializeType;
    const request = new IncomingRequest(command, this, this.#receivedAtMs);
    if (!request.oneway) {
      this.#inFlight++;
      this.#inFlightBytes += command.body.length + requestOverheadBytes;
    }
    this.#owner.dispatcher.dispatch(request);
  }

  #sendRequest(code: number, flag: number, opaque: number, extFields: ExtFields, body: Uint8Array | undefined): void {
    const header = { code, flag, opaque, serializeType: this.#serializeType, extFields };
    this.#outbox.add(encodeFrameHeader(header, body?.length ?? 0), body && [body]);
  }

  #flushed(): void {
    const { bufferedBytes } = this.#socket;
    // What left the process at once has moved; what is queued counts when it drains.
    if (bufferedBytes === 0) this.#noteActivity();
    const { closeAtBufferedBytes } = this.#owner.limits;
    if (bufferedBytes <= closeAtBufferedBytes) {
      this.#regulate();
      return;
    }
    this.#owner.platform.logger.warn('Closed a connection whose peer does not read its answers', {
      remote: this.remoteAddress,
      unsentBytes: bufferedBytes,
      limitBytes: closeAtBufferedBytes,
    });
    this.destroy();
  }

  /** Stops reading above a limit, and goes on below half of all. */
  #regulate(): void {
    if (this.closed) return;
    const { limits } = this.#owner;
    const part = this.#readingPaused ? 0.5 : 1;
    const over =
      this.#socket.bufferedBytes > limits.maxBufferedBytes * part ||
      this.#inFlight > limits.maxInFlight * part ||
      this.#inFlightBytes > limits.maxInFlightBytes * part;
    const pause = over || this.#draining;
    if (pause === this.#readingPaused) return;
    this.#readingPaused = pause;
    if (pause) this.#socket.pause();
    else this.#socket.resume();
  }

  #countHeld(): void {
    if (this.closed) return;
    const { limits, platform } = this.#owner;
    const { heldBytes } = this.#decoder;
    const grows = heldBytes > this.#heldBytes;
    this.#owner.incompleteBytes += heldBytes - this.#heldBytes;
    this.#heldBytes = heldBytes;
    if (!grows || this.#owner.incompleteBytes <= limits.maxIncompleteBytes) return;
    platform.logger.warn('Closed a connection: frames that are still coming take as much memory as allowed', {
      remote: this.remoteAddress,
      frameBytes: heldBytes,
      limitBytes: limits.maxIncompleteBytes,
    });
    this.destroy();
  }

  #closeIfSilent(): void {
    const { platform, closesSilent } = this.#owner;
    if (closesSilent && platform.clock.monotonicMs() - this.#silentSinceMs >= silentMs) this.destroy();
  }

  #noteActivity(): void {
    this.#activeAtMs = this.#owner.platform.clock.monotonicMs();
  }

  #markClosed(): void {
    if (this.closed) return;
    this.closed = true;
    this.#owner.incompleteBytes -= this.#heldBytes;
    this.#heldBytes = 0;
    this.#closingSinceMs = this.#owner.platform.clock.monotonicMs();
    this.#outbox.clear();
  }
}
