import type { DurableLog } from './durable-log.ts';
import { entryHeaderBytes, entryIndex, entryTerm } from './entry.ts';
import { type EntryFault, entryFaultAt, indexAt } from './entry-reader.ts';
import type { Gap } from './gap.ts';
import { resumesAt, scanRange } from './gap-scan.ts';

/** How far behind a bad place an intact entry is looked for, beside the starts of files. */
const SEARCH_BYTES = 4 << 20;

/**
 * What is damaged at or near a position below the tail in memory: no gap where all is well. Blocking, reads about two MiB. A fault: nobody can tell where the damage
 * begins or ends. Throws the disk's error.
 */
export function findDamage(log: DurableLog, position: number): { readonly gaps: readonly Gap[] } | EntryFault {
  const { segments, firstWrotePosition } = log;
  const end = segments.memoryPosition;
  if (position >= end) return { gaps: [] };
  const to = Math.min(resumesAt(segments, firstWrotePosition, position, position + SEARCH_BYTES) ?? end, end);
  let fault: EntryFault = entryFaultAt(segments, position, 'nothing tells where the damage begins');
  let unproved: { readonly gaps: readonly Gap[] } | undefined;
  // The place that is remembered may be the damaged one: then an earlier one is taken.
  for (const from of log.startsBelow(position)) {
    const before = from === segments.minPosition ? log.beforeFirst : undefined;
    const found = scanRange(segments, firstWrotePosition, { from, to, before }, undefined);
    if ('code' in found) fault = found;
    else if (before !== undefined || isProved(log, found.gaps[0], from, position)) return found;
    else unproved = found;
  }
  return unproved ?? fault;
}

/** Does it show, beginning with the entry at `from` whose header nothing proves, where the damage is, or that there is none? An entry behind which no other one follows may be the damaged one itself. */
function isProved({ segments }: DurableLog, gap: Gap | undefined, from: number, position: number): boolean {
  if (gap === undefined) return from < position;
  return gap.before !== undefined && gap.before.index !== indexAt(segments, from);
}

/**
 * A gap together with the entry behind it, which turned out to be no successor, and with the next gap, where that begins there: nothing proves it but that entry. Undefined where nothing intact
 * follows.
 */
export function widened(log: DurableLog, gap: Gap): Gap | undefined {
  const { segments, firstWrotePosition, gaps } = log;
  const end = resumesAt(segments, firstWrotePosition, gap.to, gap.to + SEARCH_BYTES);
  if (end === undefined) return undefined;
  const next = gaps.all.find(({ from }) => from > gap.to && from <= end);
  const to = Math.max(end, next?.to ?? end);
  const header = segments.view(to, entryHeaderBytes) ?? segments.readSync(to, entryHeaderBytes);
  const last = entryIndex(header, 0) - 1;
  if (last <= gap.last) return undefined;
  const wereKnown = gap.termsKnown && next?.termsKnown !== false;
  const mustBeFilled = gaps.mustBeFilled(gap) || (next !== undefined && gaps.mustBeFilled(next));
  const termsKnown = wereKnown && (!mustBeFilled || gap.before?.term === entryTerm(header, 0));
  return { ...gap, last, to, termsKnown };
}
