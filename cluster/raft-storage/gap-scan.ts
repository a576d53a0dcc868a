import { findIntact, type Recovery, type RecoveryOptions, recover } from '../../src/log/recovery.ts';
import type { SegmentedLog } from '../../src/log/segmented-log.ts';
import { scanUnits } from '../../src/log/unit-scan.ts';
import { entryHeaderBytes, entryIndex, entryTerm } from './entry.ts';
import { type ChainLink, EntryChain, entryEnvelope, nextEntry } from './entry-chain.ts';
import { type EntryFault, entryFaultAt, indexAt } from './entry-reader.ts';
import type { Gap } from './gap.ts';

/** Sees each intact entry in order, with the chain as it stands behind it. */
export type ChainVisitor = (chain: EntryChain, position: number, size: number) => void;

export interface GapScanOptions extends Omit<RecoveryOptions, 'envelope' | 'visit'> {
  readonly firstWrotePosition: number;
  /** The entry before `from`; undefined: not kept. */
  readonly before: ChainLink | undefined;
  /** May this rot be cut with all behind it? */
  mayCut(rot: Extract<Recovery, { kind: 'rot' }>): boolean;
  /** Peers may have what is damaged: gaps are no fault, and a log of which the end is lost goes on where it is intact. */
  readonly hasPeers: boolean;
  readonly visit: ChainVisitor;
}

export interface GapScan {
  /** How the log ends behind the last gap; rot here means that it is cut there with all behind it. */
  readonly recovery: Recovery;
  readonly gaps: readonly Gap[];
  /** Where the chain stands at the end. */
  readonly last: ChainLink;
}

/** Recovery that goes on behind damaged places, up to the end of the log. Changes nothing. Throws the disk's error. */
export function scanToEnd(log: SegmentedLog, options: GapScanOptions): GapScan | EntryFault {
  const { firstWrotePosition, visit, mayCut, hasPeers, searchBytes } = options;
  const gaps: Gap[] = [];
  let chain = new EntryChain(firstWrotePosition, options.before);
  let before = options.before;
  for (let { from } = options; ; ) {
    const recovery = recover(log, {
      ...options,
      from,
      envelope: entryEnvelope(chain),
      visit: (_buffer, _offset, size, position) => {
        visit(chain, position, size);
        before = linkOf(chain);
      },
    });
    if (recovery.kind !== 'rot' || mayCut(recovery)) return { recovery, gaps, last: linkOf(chain) };
    const limit = recovery.position + (searchBytes ?? Number.MAX_SAFE_INTEGER);
    const to = hasPeers ? resumesAt(log, firstWrotePosition, recovery.position, limit) : undefined;
    if (hasPeers && to === undefined) return { recovery, gaps, last: linkOf(chain) };
    const gap = to === undefined ? undefined : gapBetween(log, before, recovery.end, recovery.position, to);
    if (gap === undefined) {
      const { file, position, message } = recovery;
      return { code: 'ROT', file, position, message };
    }
    gaps.push(gap);
    from = gap.to;
    chain = new EntryChain(firstWrotePosition, undefined);
  }
}

/**
 * The damaged places among the entries of [from, to), which lie below the end of the log: `from` is the start or the end of an intact entry, and at `to` an intact
 * one begins or the log ends. A fault is a place behind which nothing intact follows.
 */
export function scanRange(
  log: SegmentedLog,
  firstWrotePosition: number,
  range: { readonly from: number; readonly to: number; readonly before: ChainLink | undefined },
  visit: ChainVisitor | undefined,
): { readonly gaps: readonly Gap[]; readonly last: ChainLink | undefined } | EntryFault {
  const gaps: Gap[] = [];
  let { from, before } = range;
  let chain = new EntryChain(firstWrotePosition, before);
  for (;;) {
    const scan = scanUnits(log, entryEnvelope(chain), from, range.to, (_buffer, _offset, size, position) => {
      visit?.(chain, position, size);
      before = linkOf(chain);
    });
    if (scan.reason === 'limit') return { gaps, last: before };
    const to = Math.min(resumesAt(log, firstWrotePosition, scan.stoppedAt, range.to) ?? range.to, range.to);
    const gap = gapBetween(log, before, scan.end, scan.stoppedAt, to);
    if (gap === undefined) return entryFaultAt(log, scan.stoppedAt, 'nothing intact follows');
    gaps.push(gap);
    if (gap.to >= range.to) return { gaps, last: before };
    from = gap.to;
    chain = new EntryChain(firstWrotePosition, undefined);
  }
}

/** The first intact entry behind the bad place, not at it: an entry that is whole but no successor is damaged, too. A later file's start is looked at in any case. */
export function resumesAt(
  log: SegmentedLog,
  firstWrotePosition: number,
  badAt: number,
  searchEnd: number,
): number | undefined {
  const envelope = entryEnvelope(new EntryChain(firstWrotePosition, undefined));
  const found = findIntact(log, envelope, badAt + 1, searchEnd);
  if (found !== undefined) return found;
  for (const { start } of log.files.segments) {
    if (start > badAt && findIntact(log, envelope, start, start + 1) === start) return start;
  }
  return undefined;
}

/** Undefined if what stands at `to` cannot be a later entry of this log, or if nobody can tell where the gap begins. */
function gapBetween(
  log: SegmentedLog,
  before: ChainLink | undefined,
  end: number,
  badAt: number,
  to: number,
): Gap | undefined {
  const header = log.view(to, entryHeaderBytes) ?? log.readSync(to, entryHeaderBytes);
  if (nextEntry(header, 0, header.length) <= 0) return undefined;
  const [behind, termBehind] = [entryIndex(header, 0), entryTerm(header, 0)];
  // Of the first kept entry nothing but its own header tells the number.
  const first = before === undefined ? indexAt(log, badAt) : before.index + 1;
  if (first === undefined || behind < first || termBehind < (before?.term ?? 0)) return undefined;
  const termsKnown = before?.term === termBehind || behind === first;
  return { first, last: behind - 1, before, from: before === undefined ? badAt : end, to, termsKnown };
}

function linkOf({ index, term, chainCrc }: EntryChain): ChainLink {
  return { index, term, chainCrc };
}
