import type { Chance } from '../sim/chance.ts';
import type { FaultWorld } from './fault-world.ts';
import type { Fault } from './schedule.ts';

/** A kind of fault: how one is drawn, and what it does. Most hit clusters of any mode. */
export interface FaultKind<World extends FaultWorld = FaultWorld> {
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  draw(chance: Chance): Omit<Fault, 'kind' | 'atMs'>;
  /** Lets it happen now and arranges for its end. False: nobody is there to be hit, or the promises do not cover it now. */
  apply(cluster: World, fault: Fault): boolean;
}
