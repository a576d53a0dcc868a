import type { Moment } from '../invariant/judge.ts';
import type { Program, SimServer } from '../sim/sim-server.ts';
import type { SimWorld } from '../sim/sim-world.ts';

/** A machine that faults hit. */
export type Server = SimServer<Program>;

/** What faults of any mode need of the cluster that they hit. */
export interface FaultWorld {
  readonly world: SimWorld;
  /** The brokers. */
  readonly nodes: readonly Server[];
  /** Acknowledgements mean "fsynced". */
  readonly syncFlush: boolean;
  /** There is something to lose. */
  readonly founded: boolean;
  /** The broker that leads, as the cluster itself would say. */
  leader(): Server | undefined;
  startNode(node: Server): void;
  /** Starts the name server, which knows nothing yet, unless it runs. */
  startNameServer(): void;
  /** The broker may lack from now on what it acknowledged, until it is made whole. */
  hurt(node: Server): void;
  /** Whether the promises cover that this one is hurt, too. */
  mayHurt(node: Server): boolean;
  /** Whether the promises still cover that an operation on this file fails at this moment; of the broker `hurt` was told when that was planned. */
  mayFail(node: Server, path: string): boolean;
  /** Whether the promises cover that this machine loses power now. */
  mayLosePower(node: Server): boolean;
  /** Lets something lie in wait for the next moment of a kind, on any server, for so long at most. */
  lieInWait(moment: Moment, strike: (server: Server) => void, forMs?: number): void;
  /** Does something later, in true time, whoever is alive. */
  later(ms: number, run: () => void): void;
}
