import type { Schedule } from '../fault/schedule.ts';
import type { ModeName } from '../sim/mode-name.ts';

/** A known mistake that the simulator has to find: what finds none of these proves nothing. */
export interface PlantedBug {
  /** Name of its folder. */
  readonly name: string;
  /** What goes wrong, in a sentence. */
  readonly breaks: string;
  /** The rule that it breaks, or where it was made. */
  readonly source: string;
  /** The module of the product whose place the file of the same name in the bug's folder takes. */
  readonly replaces: string;
  /** Invariants or checkers, one of which must be the first to find it. */
  readonly foundBy: readonly string[];
  /** What brokers are part of when it is hunted; a DLedger group if it is left out. */
  readonly mode?: ModeName;
  /** Members of the groups in which it is hunted, if not 3. */
  readonly nodes?: number;
  /** Faults under which it is hunted instead of those that a seed draws, where drawn ones would hardly ever meet it. */
  readonly schedule?: Schedule;
}
