import type { Address, Listener, Platform, Socket } from '../../../src/platform/ports.ts';
import { type Direction, type LinkQualities, perfectLinks } from './link.ts';
import { ProxiedConnection } from './proxied-connection.ts';

/**
 * A link between two processes that can be hurt: whoever dials `address` reaches `target` through it. Needs no rights. What it cannot do: refuse
 * the handshake; a connection that is opened over a cut link seems to open, and stays silent until the link heals.
 */
export class LinkProxy {
  readonly #platform: Platform;
  readonly #target: Address;
  readonly #connections = new Set<ProxiedConnection>();
  #listener: Listener | undefined;
  #cut: ReadonlySet<Direction> = new Set();
  #qualities = perfectLinks;

  constructor(platform: Platform, target: Address) {
    this.#platform = platform;
    this.#target = target;
  }

  /** Starts to listen; port 0 takes a free one. Rejects with a sentence if that cannot be. */
  start(address: Address): Promise<Address> {
    return new Promise((resolve, reject) => {
      this.#platform.network.listen(
        address,
        (socket) => this.#accept(socket),
        (result) => {
          if ('error' in result) {
            reject(new Error(`the proxy cannot listen on ${address.host}:${address.port}: ${result.error}`));
            return;
          }
          this.#listener = result;
          resolve(result.address);
        },
      );
    });
  }

  /** Connections that pass through it now. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Cuts these directions and heals the others: nothing is lost, nothing arrives, nobody is told. */
  cut(directions: readonly Direction[]): void {
    this.#cut = new Set(directions);
    this.#tell();
  }

  set qualities(qualities: LinkQualities) {
    this.#qualities = qualities;
    this.#tell();
  }

  /** All connections break now; new ones are welcome. */
  reset(): void {
    for (const connection of [...this.#connections]) connection.reset();
  }

  /** Listens no more and breaks all connections. */
  close(): void {
    this.#listener?.close();
    this.reset();
  }

  #accept(socket: Socket): void {
    const connection = new ProxiedConnection(this.#platform, this.#target, socket, this.#qualities, () =>
      this.#connections.delete(connection),
    );
    this.#connections.add(connection);
    connection.set(this.#cut, this.#qualities);
  }

  #tell(): void {
    for (const connection of this.#connections) connection.set(this.#cut, this.#qualities);
  }
}
