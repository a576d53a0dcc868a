import type { Load } from './window.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** One connection of a load. */
export interface LoadConnection {
  open(host: string, port: number): Promise<void>;
  start(): void;
  /** Begins nothing new; resolves when everything is answered. */
  stop(): Promise<void>;
  close(): void;
}

/** A load of several connections to one server. */
export class ConnectionsLoad implements Load {
  readonly failed: Promise<never>;
  readonly #connections: readonly LoadConnection[];
  readonly #address: ServerAddress;

  constructor(
    address: ServerAddress,
    count: number,
    make: (index: number, fail: (error: Error) => void) => LoadConnection,
  ) {
    const { promise, reject } = failure();
    this.failed = promise;
    this.#address = address;
    this.#connections = Array.from({ length: count }, (_, index) => make(index, reject));
  }

  async open(): Promise<void> {
    const { host, port } = this.#address;
    await Promise.all(this.#connections.map((each) => each.open(host, port)));
  }

  start(): void {
    for (const each of this.#connections) each.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((each) => each.stop()));
  }

  close(): void {
    for (const each of this.#connections) each.close();
  }
}

/** A promise that nobody has to look at, and what rejects it. */
export function failure(): { readonly promise: Promise<never>; readonly reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_resolve, rejectIt) => {
    reject = rejectIt;
  });
  promise.catch(() => {});
  return { promise, reject };
}
