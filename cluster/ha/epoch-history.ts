import type { EpochEntry } from './replica-roles.ts';

/** A log as its epochs describe it. */
export interface EpochHistory {
  readonly entries: readonly EpochEntry[];
  /** Start of the oldest file. */
  readonly minPosition: number;
  readonly endPosition: number;
}

interface EpochRange {
  readonly epoch: number;
  readonly start: number;
  readonly end: number;
}

/** What was written before the first epoch counts as epoch 0. */
function ranges({ entries: given, minPosition, endPosition }: EpochHistory): EpochRange[] {
  // A cut that is under way has shortened the log already, and not yet the list.
  const entries = given.filter(({ startPosition }) => startPosition <= endPosition);
  const first = entries[0]?.startPosition ?? endPosition;
  const all = first > minPosition ? [{ epoch: 0, startPosition: minPosition }, ...entries] : entries;
  return all.map(({ epoch, startPosition }, index) => {
    return { epoch, start: startPosition, end: all[index + 1]?.startPosition ?? endPosition };
  });
}

/**
 * Where two logs part: the end of the newest epoch that both have from the same start on (EpochFileCache.findConsistentPoint). Inside an epoch there was one
 * writer, so what both have of it is equal. `undefined`: they have nothing in common.
 */
export function commonEnd(slave: EpochHistory, master: EpochHistory): number | undefined {
  if (slave.endPosition === slave.minPosition) return slave.endPosition;
  const ofMaster = new Map(ranges(master).map((range) => [range.epoch, range]));
  for (const range of ranges(slave).reverse()) {
    const other = ofMaster.get(range.epoch);
    if (other === undefined) continue;
    // The oldest files of either may be gone, and the start of epoch 0 with them.
    if (other.start !== range.start && range.epoch !== 0) continue;
    const end = Math.min(range.end, other.end);
    if (end >= Math.max(range.start, other.start)) return end;
  }
  return undefined;
}
