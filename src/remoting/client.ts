import type { NetworkError, SocketHandlers, Timer } from '../platform/ports.ts';
import type { FrameError } from '../protocol/frame-error.ts';
import {
  type ExtFields,
  type RemotingCommand,
  SERIALIZE_JSON,
  type SerializeType,
} from '../protocol/remoting-command.ts';
import { parseAddress } from './address.ts';
import { type ConnectionOwner, RemotingConnection } from './connection.ts';
import { Dispatcher } from './dispatcher.ts';
import { type ConnectionLimits, DEFAULT_LIMITS, type RemotingPlatform } from './limits.ts';
import { LogThrottle } from './log-throttle.ts';
import type { InvokeDone, InvokeFailure } from './pending-requests.ts';
import type { Connection } from './request-context.ts';

export type { InvokeDone, InvokeFailure } from './pending-requests.ts';

const sweepMs = 1000;
const defaultConnectTimeoutMs = 3000;
/** Who asks a wrong address asks it again and again: it is told once in this time, ms. */
const toldAgainMs = 3_600_000;

export interface RemotingClientOptions {
  readonly platform: RemotingPlatform;
  /** Answers what servers ask of us (40, 220 ...); without one every such request is answered with code 3. */
  readonly dispatcher?: Dispatcher;
  /** Called when a connection that was dialled is gone, also if it never opened. */
  readonly onClosed?: (address: string, connection: Connection) => void;
  readonly limits?: Partial<ConnectionLimits>;
  readonly connectTimeoutMs?: number;
  /** Header encoding of our requests. Default JSON. */
  readonly serializeType?: SerializeType;
}

export interface RequestOptions {
  readonly body?: Uint8Array;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Sends requests to servers by their address (`host:port`, IPv6 in brackets): one connection each, dialled with the first request. A
 * connection that failed is not dialled again within a call, but by the next one.
 */
export class RemotingClient implements ConnectionOwner {
  readonly platform: RemotingPlatform;
  readonly dispatcher: Dispatcher;
  readonly limits: ConnectionLimits;
  readonly serializeType: SerializeType;
  readonly closesSilent = true;
  incompleteBytes = 0;
  readonly #options: RemotingClientOptions;
  readonly #connectTimeoutMs: number;
  readonly #log: LogThrottle;
  readonly #connections = new Map<string, RemotingConnection>();
  /** Connections that are not closed to the end, those that were replaced by a newer one included. */
  readonly #all = new Map<RemotingConnection, string>();
  /** When it was last told of an address that it does not speak the protocol, on the monotonic clock. */
  readonly #toldAtMs = new Map<string, number>();
  #sweep: Timer | undefined;
  #closed = false;

  constructor(options: RemotingClientOptions) {
    this.platform = options.platform;
    this.dispatcher = options.dispatcher ?? new Dispatcher(options.platform);
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.serializeType = options.serializeType ?? SERIALIZE_JSON;
    this.#options = options;
    this.#connectTimeoutMs = options.connectTimeoutMs ?? defaultConnectTimeoutMs;
    this.#log = new LogThrottle(options.platform.logger, options.platform.clock);
  }

  /** Sends a request. `body` must stay unchanged until it is sent. An address that cannot be read fails as `connect-failed`. */
  invoke(
    address: string,
    code: number,
    extFields: ExtFields,
    body: Uint8Array | undefined,
    timeoutMs: number,
    done: InvokeDone,
  ): void {
    const connection = this.#connectionTo(address);
    if (typeof connection === 'string') this.platform.timers.endOfTurn(() => done(undefined, connection));
    else connection.request(code, extFields, body, timeoutMs, done);
  }

  /** Sends a request that is not answered; it is dropped if the server cannot be reached. */
  oneway(address: string, code: number, extFields: ExtFields, body?: Uint8Array): void {
    const connection = this.#connectionTo(address);
    if (typeof connection !== 'string') connection.oneway(code, extFields, body);
  }

  /** `invoke` as a promise, for what is not hot. It rejects only with the reason of an aborted signal; a late response is dropped. */
  request(
    address: string,
    code: number,
    extFields: ExtFields,
    options: RequestOptions,
  ): Promise<RemotingCommand | InvokeFailure> {
    const { signal, body, timeoutMs } = options;
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal?.reason);
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.invoke(address, code, extFields, body, timeoutMs, (response, failure) => {
        signal?.removeEventListener('abort', abort);
        resolve(response ?? failure ?? 'closed');
      });
    });
  }

  /** Closes the connection to a server, if there is one; requests that wait on it fail as `closed`. */
  disconnect(address: string): void {
    this.#connections.get(address)?.destroy();
    this.#connections.delete(address);
  }

  /** Ends all requests that wait with `closed` (`connect-failed` where the connection never opened); later ones fail at once. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#all.keys()) connection.destroy();
    this.#connections.clear();
    this.#stopSweepIfEmpty();
  }

  onGarbage(connection: RemotingConnection, garbage: FrameError): void {
    const nowMs = this.platform.clock.monotonicMs();
    const address = this.#all.get(connection) ?? connection.remoteAddress;
    if (nowMs - (this.#toldAtMs.get(address) ?? Number.NEGATIVE_INFINITY) < toldAgainMs) return;
    this.#toldAtMs.set(address, nowMs);
    this.#log.warn('Closed a connection to a server that does not speak the remoting protocol', {
      remote: connection.remoteAddress,
      reason: garbage.message,
    });
  }

  onClosed(connection: RemotingConnection): void {
    const address = this.#all.get(connection);
    if (address === undefined) return;
    this.#all.delete(connection);
    if (this.#connections.get(address) === connection) this.#connections.delete(address);
    this.#stopSweepIfEmpty();
    this.#options.onClosed?.(address, connection);
  }

  #connectionTo(address: string): RemotingConnection | InvokeFailure {
    const known = this.#connections.get(address);
    if (known !== undefined && !known.closed) return known;
    if (this.#closed) return 'closed';
    return this.#dial(address);
  }

  #dial(text: string): RemotingConnection | InvokeFailure {
    const address = parseAddress(text);
    if (address === undefined) return 'connect-failed';
    const { network, timers, clock } = this.platform;
    let connection: RemotingConnection | undefined;
    const timeout = timers.after(this.#connectTimeoutMs, () => connection?.destroy());
    const handlers: SocketHandlers = {
      onOpen: () => {
        timers.cancel(timeout);
        connection?.onOpen();
      },
      onData: (chunk) => connection?.onData(chunk),
      onDrain: () => connection?.onDrain(),
      onClose: (reason: NetworkError | undefined) => {
        timers.cancel(timeout);
        connection?.onClose(reason);
      },
    };
    connection = new RemotingConnection(network.connect(address, handlers), this, false);
    this.#connections.set(text, connection);
    this.#all.set(connection, text);
    this.#sweep ??= timers.every(sweepMs, () => {
      for (const one of this.#all.keys()) one.closeIfIdle(clock.monotonicMs());
    });
    return connection;
  }

  #stopSweepIfEmpty(): void {
    if (this.#all.size > 0 || this.#sweep === undefined) return;
    this.platform.timers.cancel(this.#sweep);
    this.#sweep = undefined;
  }
}
