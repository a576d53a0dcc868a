import type { Connection } from '../../src/remoting/request-context.ts';
import type { LiveBroker } from './state/command.ts';

/** How long a broker is alive after a heartbeat that does not say so itself, ms (DefaultBrokerHeartbeatManager.java). */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** One heartbeat. */
export interface Beat extends LiveBroker {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly address: string;
  readonly confirmOffset: number;
  readonly timeoutMs: number;
}

interface Entry extends Beat {
  readonly connection: Connection;
  readonly heardMs: number;
}

/** A broker that is alive no longer. */
export interface GoneBroker {
  readonly brokerName: string;
  readonly brokerId: number;
}

/**
 * Which brokers this controller hears. Every controller keeps its own table, leader or not, since brokers send to all; nothing of it is agreed on. Times are
 * monotonic milliseconds.
 */
export class LiveBrokers {
  readonly #startedMs: number;
  readonly #entries = new Map<string, Map<number, Entry>>();
  /** Brokers that were heard at least once. */
  readonly #heard = new Set<string>();

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  get count(): number {
    let sum = 0;
    for (const set of this.#entries.values()) sum += set.size;
    return sum;
  }

  /**
   * What it said last is what counts: a log that was cut is shorter. False, and nothing is noted, while a broker at another address has this id: one of the
   * two runs on a copy of the other's directory.
   */
  beat(beat: Beat, connection: Connection, nowMs: number): boolean {
    if (this.holder(beat.brokerName, beat.brokerId, beat.address, nowMs) !== undefined) return false;
    const set = this.#entries.get(beat.brokerName) ?? new Map<number, Entry>();
    set.set(beat.brokerId, { ...beat, connection, heardMs: nowMs });
    this.#entries.set(beat.brokerName, set);
    this.#heard.add(keyOf(beat.brokerName, beat.brokerId));
    return true;
  }

  /** Address of a live broker that has this id, if it is not at `address`. */
  holder(brokerName: string, brokerId: number, address: string, nowMs: number): string | undefined {
    if (!this.isAlive(brokerName, brokerId, nowMs)) return undefined;
    const holder = this.#entries.get(brokerName)?.get(brokerId)?.address;
    return holder === address ? undefined : holder;
  }

  /** A connection ended: who was heard on it last is gone at once. */
  connectionClosed(connection: Connection): GoneBroker[] {
    return this.#remove((entry) => entry.connection === connection);
  }

  /** Forgets who was silent for too long; closes their connections. */
  expire(nowMs: number): GoneBroker[] {
    return this.#remove((entry) => {
      if (nowMs - entry.heardMs <= entry.timeoutMs) return false;
      entry.connection.close();
      return true;
    });
  }

  isAlive(brokerName: string, brokerId: number, nowMs: number): boolean {
    const entry = this.#entries.get(brokerName)?.get(brokerId);
    return entry !== undefined && nowMs - entry.heardMs <= entry.timeoutMs;
  }

  /** Alive, or never heard by this process, which has not run for long: a restart of the controller must not depose masters. */
  mayBeAlive(brokerName: string, brokerId: number, nowMs: number): boolean {
    if (this.isAlive(brokerName, brokerId, nowMs)) return true;
    return nowMs - this.#startedMs <= DEFAULT_TIMEOUT_MS && !this.#heard.has(keyOf(brokerName, brokerId));
  }

  /** Not heard by this process yet, which has not run for long enough to say that it is gone. */
  isUnheard(brokerName: string, brokerId: number, nowMs: number): boolean {
    return !this.isAlive(brokerName, brokerId, nowMs) && this.mayBeAlive(brokerName, brokerId, nowMs);
  }

  /** The live brokers of a set. */
  of(brokerName: string, nowMs: number): readonly Beat[] {
    const entries = [...(this.#entries.get(brokerName)?.values() ?? [])];
    return entries.filter((entry) => nowMs - entry.heardMs <= entry.timeoutMs);
  }

  #remove(isGone: (entry: Entry) => boolean): GoneBroker[] {
    const gone: GoneBroker[] = [];
    for (const [brokerName, set] of this.#entries) {
      for (const [brokerId, entry] of set) {
        if (!isGone(entry)) continue;
        set.delete(brokerId);
        gone.push({ brokerName, brokerId });
      }
      if (set.size === 0) this.#entries.delete(brokerName);
    }
    return gone;
  }
}

function keyOf(brokerName: string, brokerId: number): string {
  return `${brokerId} ${brokerName}`;
}
