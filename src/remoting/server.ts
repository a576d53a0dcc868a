import type { Address, Listener, NetworkError, Socket, Timer } from '../platform/ports.ts';
import type { FrameError } from '../protocol/frame-error.ts';
import { SERIALIZE_JSON } from '../protocol/remoting-command.ts';
import { formatAddress } from './address.ts';
import { type ConnectionOwner, RemotingConnection } from './connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import { FirstBytes, type Sniffer } from './first-bytes.ts';
import { type ConnectionLimits, DEFAULT_LIMITS, type RemotingPlatform } from './limits.ts';
import { LogThrottle } from './log-throttle.ts';
import type { Connection } from './request-context.ts';

const sweepMs = 1000;
/** Default of `maxConnections`: file descriptors are limited to 20,000 on many machines. */
const defaultMaxConnections = 16_384;

export interface ServerEvents {
  /** A peer has sent its first bytes; before any request of it is handled. */
  opened?(connection: Connection): void;
  /** The connection is gone; after the failure of all requests that were sent on it. */
  closed?(connection: Connection): void;
}

export interface RemotingServerOptions {
  readonly platform: RemotingPlatform;
  /** Answers the requests of all ports. */
  readonly dispatcher: Dispatcher;
  readonly events?: ServerEvents;
  readonly limits?: Partial<ConnectionLimits>;
  /** Connections beyond this number are closed at once. */
  readonly maxConnections?: number;
}

/** Accepts remoting connections on any number of ports. */
export class RemotingServer implements ConnectionOwner {
  readonly platform: RemotingPlatform;
  readonly dispatcher: Dispatcher;
  readonly limits: ConnectionLimits;
  readonly serializeType = SERIALIZE_JSON;
  /** Some clients never answer a request that they do not know, and are well all the same. */
  readonly closesSilent = false;
  incompleteBytes = 0;
  readonly #events: ServerEvents;
  readonly #maxConnections: number;
  readonly #log: LogThrottle;
  readonly #listeners: Listener[] = [];
  /** Accepted sockets that have not sent a byte. */
  readonly #newcomers = new Set<FirstBytes>();
  readonly #connections = new Set<RemotingConnection>();
  #sweep: Timer | undefined;
  #closing = false;
  /** Set while `close` waits for the last connection. */
  #onEmpty: (() => void) | undefined;

  constructor(options: RemotingServerOptions) {
    this.platform = options.platform;
    this.dispatcher = options.dispatcher;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#events = options.events ?? {};
    this.#maxConnections = options.maxConnections ?? defaultMaxConnections;
    this.#log = new LogThrottle(options.platform.logger, options.platform.clock);
  }

  /** Where it listens, in the order of the `listen` calls that succeeded. */
  get addresses(): readonly Address[] {
    return this.#listeners.map((listener) => listener.address);
  }

  get connectionCount(): number {
    return this.#connections.size + this.#newcomers.size;
  }

  /** Opens a port; `done` reports why that failed (EADDRINUSE ...). `sniffer` shares the port with another protocol. */
  listen(address: Address, done: (error: NetworkError | undefined) => void, sniffer?: Sniffer): void {
    const onConnection = (socket: Socket) => this.#accept(socket, sniffer);
    this.platform.network.listen(address, onConnection, (result) => {
      if ('code' in result) {
        done(result);
        return;
      }
      if (this.#closing) result.close();
      else this.#listeners.push(result);
      this.#sweep ??= this.platform.timers.every(sweepMs, () => this.#closeIdle());
      done(undefined);
    });
  }

  /**
   * Accepts nothing more, reads no more requests, lets those that were read be answered for at most `graceMs`, then closes all. Held
   * requests (long polls) should be answered before. To be called once.
   */
  close(graceMs: number, done: () => void): void {
    this.#closing = true;
    for (const listener of this.#listeners) listener.close();
    for (const newcomer of this.#newcomers) newcomer.destroy();
    for (const connection of this.#connections) connection.drain();
    const deadline = this.platform.timers.after(graceMs, () => {
      for (const connection of this.#connections) connection.destroy();
    });
    this.#onEmpty = () => {
      this.#onEmpty = undefined;
      this.platform.timers.cancel(deadline);
      if (this.#sweep !== undefined) this.platform.timers.cancel(this.#sweep);
      done();
    };
    if (this.connectionCount === 0) this.platform.timers.endOfTurn(this.#onEmpty);
  }

  onGarbage(connection: RemotingConnection, garbage: FrameError): void {
    this.#log.warn('Closed a connection that does not speak the remoting protocol', {
      remote: connection.remoteAddress,
      reason: garbage.message,
    });
  }

  onClosed(connection: RemotingConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#events.closed?.(connection);
    this.#reportIfEmpty();
  }

  #accept(socket: Socket, sniffer: Sniffer | undefined): void {
    if (this.#closing || this.connectionCount >= this.#maxConnections) {
      socket.setHandlers({ onData: () => {}, onClose: () => {} });
      socket.destroy();
      if (!this.#closing) this.#refused(socket);
      return;
    }
    this.#newcomers.add(new FirstBytes(socket, sniffer, this.platform.clock.monotonicMs(), this));
  }

  #refused(socket: Socket): void {
    const remote = formatAddress(socket.remote);
    this.#log.warn('Refused a connection: there are as many as allowed', { remote, limit: this.#maxConnections });
  }

  /** For `FirstBytes`: the socket speaks remoting, and `chunk` is the first of it. */
  onRemoting(newcomer: FirstBytes, socket: Socket, chunk: Buffer): void {
    this.#newcomers.delete(newcomer);
    const connection = new RemotingConnection(socket, this, true);
    this.#connections.add(connection);
    socket.setHandlers(connection);
    this.#events.opened?.(connection);
    connection.onData(chunk);
  }

  /** For `FirstBytes`: the socket is closed, or belongs to somebody else now. */
  onGone(newcomer: FirstBytes): void {
    this.#newcomers.delete(newcomer);
    this.#reportIfEmpty();
  }

  /** For `FirstBytes`: a TLS handshake begins. */
  onTls(socket: Socket): void {
    this.#log.warn(
      'Closed a connection that asks for TLS: this server speaks plain text only (tls.enable=false in the client)',
      {
        remote: formatAddress(socket.remote),
      },
    );
  }

  #closeIdle(): void {
    const nowMs = this.platform.clock.monotonicMs();
    for (const connection of this.#connections) connection.closeIfIdle(nowMs);
    for (const newcomer of this.#newcomers) {
      if (nowMs - newcomer.acceptedAtMs >= this.limits.idleMs) newcomer.destroy();
    }
  }

  #reportIfEmpty(): void {
    if (this.connectionCount === 0) this.#onEmpty?.();
  }
}
