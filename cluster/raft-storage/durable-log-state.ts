import type { TermRun } from '../../raft/index.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import type { Timers } from '../../src/platform/ports.ts';
import type { ChainLink } from './entry-chain.ts';
import type { EntryLocator } from './entry-locator.ts';
import type { EntryRing } from './entry-ring.ts';
import type { GapList } from './gap-list.ts';

/** What `openDurableLog` found; the start of a DurableLog's life. */
export interface DurableLogState {
  readonly log: SegmentedLog;
  readonly timers: Timers;
  readonly ring: EntryRing;
  readonly locator: EntryLocator;
  /** Stock DLedger wrote what lies below. */
  readonly firstWrotePosition: number;
  /** First entry in the files; `last.index + 1` if there is none. */
  readonly physicalFirst: number;
  /** The group's first position is gone: the first kept entry serves as the one before the first. */
  readonly cutAtStart: boolean;
  readonly last: ChainLink;
  /** Cover physicalFirst..last.index; entries of a gap whose terms are not known count as of the term before it. */
  readonly runs: TermRun[];
  readonly gaps: GapList;
}
