import type { Fault, Target } from '../../fault/schedule.ts';
import type { LiveGroup } from './live-group.ts';

/** How a kind of fault is made on real processes. How one is drawn, the simulator's kind of the same name knows. */
export interface LiveFault<Group = LiveGroup> {
  readonly name: string;
  /** By what means. */
  readonly by: string;
  /** It hits none of the members. */
  readonly besideMembers?: true;
  /** Whom it is aimed at in any case: another target is refused. */
  readonly onlyTarget?: Target;
  /** It hits one member: a target that means all is refused. */
  readonly hitsOne?: true;
  /** What its mode may be; empty: it has none. */
  readonly modes: readonly string[];
  /** Behind its mode a path may stand, by a blank; that means something in the simulator alone. */
  readonly pathBehindMode?: true;
  /** Between which whole numbers its amount may be; left out: it has none. */
  readonly amounts?: { readonly least: number; readonly most: number };
  /** Without an amount, or with one of 0, it changes nothing. */
  readonly needsAmount?: true;
  /** Whatever it does ends with it: where it lasts for no time, it changes nothing. */
  readonly lasts?: true;
  /** It is made between its target and `other`; where this does not hold, an `other` is refused. */
  readonly needsOther?: true;
  /** It hits one member after another, and asks `mayHit` for each when its turn has come. */
  readonly oneByOne?: true;
  /**
   * Lets it happen now and arranges for its end. False: nobody is there to be hit, or the promises do not cover it now. `missed` hears, at most once, why it
   * had no effect, where that shows later.
   */
  apply(group: Group, fault: Fault, mayHit: (member: string) => boolean, missed: (why: string) => void): boolean;
}

/** Of so many name servers a fault may be. */
export const NAME_SERVERS = { least: 1, most: 9 } as const;
