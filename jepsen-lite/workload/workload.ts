import type { History } from '../checker/history.ts';
import type { Judge } from '../invariant/judge.ts';
import type { Chance } from '../sim/chance.ts';
import type { SimProcess } from '../sim/sim-process.ts';

/** What every client of a run shares. */
export interface Workload {
  readonly history: History;
  readonly judge: Judge;
  /** Topics whose messages are in the history. */
  readonly topics: readonly string[];
  /** Clients end what they are at, and begin nothing new. */
  readonly stopped: boolean;
  /** Nanoseconds of the clock that all clients share. */
  nowNs(): number;
  /** A number for a client that does one thing after the other. */
  newProcess(): number;
  /** A unique value for a message. */
  newValue(): string;
  /** Counts a client operation that ended: `ok`, `fail` or `info`. */
  ended(outcome: 'ok' | 'fail' | 'info'): void;
}

/** One client on its machine. */
export interface Client {
  readonly process: SimProcess;
  readonly chance: Chance;
}

/** Waits on the client's own clock. */
export function sleep({ process }: Client, ms: number): Promise<void> {
  return new Promise((resolve) => {
    process.timers.after(ms, resolve);
  });
}

export const NAME_SERVER = 'ns:9876';

/** Byte address in an offsetMsgId: its last 16 hex digits (MessageDecoder.createMessageId). */
export function positionOf(offsetMessageId: string): number {
  return Number.parseInt(offsetMessageId.slice(-16), 16);
}
