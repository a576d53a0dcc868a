import type { RequestContext } from '../remoting/request-context.ts';

/**
 * Whether this broker may act for its group. Implementations: always (a lone master), `cluster/dledger` (the Raft leader),
 * `cluster/ha` (by configuration, or by a Controller's election). The broker asks before every decision; it never caches the answer over turns.
 */
export interface Mastership {
  /** What the broker registers with: 0 = master, otherwise its own number. */
  readonly brokerId: number;
  /** May serve as master now: leader whose own first entry is committed and applied. */
  readonly serving: boolean;
  /**
   * A slave whose master cannot be reached answers from its copy what only the master should (offsets of queues and groups), as RocketMQ's slaves do.
   * Never true where masters are elected.
   */
  readonly standsIn: boolean;
  /** Grows with every change of master; goes into DataVersion.stateVersion (Raft term; 0 for a lone master). */
  readonly epoch: number;
  /**
   * Hands a request on to the current master and relays its answer (raft/SAFETY.md 6: at most once, in the order of the connection), or refuses it. False if
   * no master is known, it was forwarded already, or there is none to forward to: the caller then answers itself.
   */
  forward(context: RequestContext): boolean;
  /** Calls back when this node has proved that it is still the master now (read index), with false if it is not. May call synchronously. */
  confirm(done: (master: boolean) => void): void;
  /** Reports every change of `brokerId` or `serving`, after it took effect. */
  onChange(listener: () => void): void;
}
