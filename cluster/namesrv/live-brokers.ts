import type { DataVersion } from '../../src/protocol/body/data-version.ts';

/** What was last heard of one registered address. */
export interface LiveBroker {
  readonly cluster: string;
  readonly address: string;
  /** Monotonic milliseconds of the last registration or heartbeat. */
  lastSeenMs: number;
  /** Forgotten when nothing was heard for so long. */
  readonly timeoutMs: number;
  readonly dataVersion: DataVersion;
  /** The connection it registered on: when that closes, it is gone. */
  readonly connectionId: number;
  readonly haServerAddress: string;
}

/** The brokers from which something was heard lately, by cluster and address. */
export class LiveBrokers {
  readonly #brokers = new Map<string, LiveBroker>();

  get(cluster: string, address: string): LiveBroker | undefined {
    return this.#brokers.get(key(cluster, address));
  }

  /** Returns true if the broker was not known. */
  put(broker: LiveBroker): boolean {
    const name = key(broker.cluster, broker.address);
    const isNew = !this.#brokers.has(name);
    this.#brokers.set(name, broker);
    return isNew;
  }

  touch(cluster: string, address: string, nowMs: number): void {
    const broker = this.get(cluster, address);
    if (broker !== undefined) broker.lastSeenMs = nowMs;
  }

  remove(cluster: string, address: string): void {
    this.#brokers.delete(key(cluster, address));
  }

  /** Those from which nothing was heard for longer than they asked to be kept. */
  expired(nowMs: number): LiveBroker[] {
    return [...this.#brokers.values()].filter((broker) => nowMs - broker.lastSeenMs > broker.timeoutMs);
  }

  onConnection(connectionId: number): LiveBroker[] {
    return [...this.#brokers.values()].filter((broker) => broker.connectionId === connectionId);
  }
}

function key(cluster: string, address: string): string {
  return `${cluster} ${address}`;
}
