import type { Chance } from '../sim/chance.ts';
import type { Cluster } from '../sim/cluster.ts';
import type { Fault } from './schedule.ts';

/** A kind of fault: how one is drawn, and what it does. */
export interface FaultKind {
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  draw(chance: Chance): Omit<Fault, 'kind' | 'atMs'>;
  /** Lets it happen now and arranges for its end. False: nobody is there to be hit, or the promises do not cover it now. */
  apply(cluster: Cluster, fault: Fault): boolean;
}
