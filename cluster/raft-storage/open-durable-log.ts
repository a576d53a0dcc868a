import type { TermRun } from '../../raft/index.ts';
import type { LogFault } from '../../src/log/log-error.ts';
import type { Recovery } from '../../src/log/recovery.ts';
import { SegmentedLog, type SegmentedLogOptions } from '../../src/log/segmented-log.ts';
import type { Timers } from '../../src/platform/ports.ts';
import { DurableLog } from './durable-log.ts';
import {
  chainCrcOf,
  entryBodyCrc,
  entryChainCrc,
  entryHeaderBytes,
  entryIndex,
  entryPosition,
  entrySize,
  entryTerm,
  minBlankBytes,
  writeBlank,
} from './entry.ts';
import { type ChainLink, EntryChain, entryEnvelope, type LogCheckpoint, nextEntry } from './entry-chain.ts';
import { EntryLocator } from './entry-locator.ts';
import { type EntryFault, entryFaultAt, indexAt } from './entry-reader.ts';
import { EntryRing } from './entry-ring.ts';
import { type Gap, gapText } from './gap.ts';
import { GapList } from './gap-list.ts';
import { scanRange, scanToEnd } from './gap-scan.ts';
import { isTornWrite } from './torn-write.ts';

export interface OpenDurableLogOptions extends Omit<SegmentedLogOptions, 'envelope'> {
  readonly timers: Timers;
  /** First position of the group, P0. */
  readonly firstPosition: number;
  /** Position at which this software first wrote; below, a stock DLedger did. `undefined`: it never wrote here, all that is found is stock. */
  readonly firstWrotePosition: number | undefined;
  /** What is known of snapshots, newest first; those that the log contradicts are reported as discarded. */
  readonly checkpoints: readonly LogCheckpoint[];
  /** Everything below was fsynced, as the last run wrote down: what is wrong there is rot. Default: what the checkpoint covers. */
  readonly syncedMark?: number | undefined;
  /** How far behind the end to look for surviving entries; default: to the end of the files. */
  readonly searchBytes?: number;
  /** Rot above the checkpoint: may it be cut, because this node is in doubt anyway (doubt.ts)? */
  mayCut(rot: Extract<Recovery, { kind: 'rot' }>): boolean;
  /** There are peers that may have what is damaged; default false: rot that may not be cut is a fault. */
  readonly hasPeers?: boolean;
  /** An fsync may have failed in the last run: what lies above the checkpoint is written anew, because its pages may pass for clean. */
  readonly rewrite?: boolean;
  /** Newest entries whose places are kept in memory; a power of two, default 65,536. */
  readonly ringEntries?: number;
}

export interface OpenedDurableLog {
  readonly log: DurableLog;
  readonly recovery: Recovery;
  /** Something behind the last intact entry was cut. */
  readonly cut: boolean;
  /** What was cut is the beginning of a write that the end of a process left incomplete (torn-write.ts). */
  readonly tornWrite: boolean;
  /** The end of the log is lost: it was damaged and nothing intact follows, or its file was cut short there. */
  readonly endLost: boolean;
  /** The checkpoint from which the log was scanned; undefined: from its beginning. */
  readonly checkpoint: LogCheckpoint | undefined;
  /** Checkpoints ahead of the log, or of another history: their snapshots are to be thrown away. */
  readonly discarded: readonly LogCheckpoint[];
}

/** Opens and recovers the log. A fault is a sentence and changes nothing (but see `SegmentFiles.open`). Throws the disk's error. */
export function openDurableLog(options: OpenDurableLogOptions): OpenedDurableLog | LogFault | EntryFault {
  const envelope = { ...entryEnvelope(new EntryChain(0, undefined)), minBlankBytes, writeBlank };
  const log = SegmentedLog.open({ ...options, envelope });
  if (!(log instanceof SegmentedLog)) return log;
  let result: OpenedDurableLog | EntryFault | undefined;
  try {
    result = recoverLog(log, options);
    return result;
  } finally {
    if (result === undefined || !('log' in result)) log.close();
  }
}

function recoverLog(log: SegmentedLog, options: OpenDurableLogOptions): OpenedDurableLog | EntryFault {
  const { timers, searchBytes } = options;
  const firstWrote = options.firstWrotePosition ?? Number.MAX_SAFE_INTEGER;
  const at = options.checkpoints.findIndex((checkpoint) => matches(log, checkpoint, firstWrote));
  const checkpoint = at < 0 ? undefined : options.checkpoints[at];
  const cutAtStart = log.minPosition > options.firstPosition;
  const start = startLink(log, checkpoint, cutAtStart);
  const cold = checkpoint === undefined ? { runs: [], gaps: [] } : coldRuns(log, firstWrote, checkpoint, cutAtStart);
  if ('code' in cold) return cold;
  const { runs } = cold;
  if (cold.gaps.length > 0 && options.hasPeers !== true) return gapFault(log, cold.gaps[0]!);

  const ring = new EntryRing(options.ringEntries ?? 65_536);
  const locator = new EntryLocator(log);
  if (checkpoint !== undefined) locator.note(checkpoint.index, checkpoint.position);
  let next = start === undefined ? -1 : start.index + 1;
  ring.reset(Math.max(next, 1));
  if (checkpoint !== undefined) {
    // Its header is what the snapshot says: what follows is proved by it.
    ring.reset(checkpoint.index);
    ring.push(checkpoint.position, checkpoint.endPosition - checkpoint.position, checkpoint.chainCrc);
  }
  const from = checkpoint?.endPosition ?? log.minPosition;
  const scan = scanToEnd(log, {
    firstWrotePosition: firstWrote,
    before: start,
    from,
    syncedMark: Math.max(from, options.syncedMark ?? 0),
    hasPeers: options.hasPeers === true,
    mayCut: options.mayCut,
    ...(searchBytes === undefined ? {} : { searchBytes }),
    visit(chain, position, size) {
      // The ring holds consecutive entries: behind a gap it begins anew.
      if (chain.index !== next) {
        ring.reset(chain.index);
        locator.mark(chain.index, position);
      }
      next = chain.index + 1;
      ring.push(position, size, chain.chainCrc);
      locator.note(chain.index, position);
      if (runs.at(-1)?.term !== chain.term) runs.push({ first: chain.index, term: chain.term });
    },
  });
  if ('code' in scan) return scan;
  const { recovery, last } = scan;
  const tornWrite =
    recovery.kind === 'torn' && isTornWrite(log, recovery.position, searchBytes ?? Number.MAX_SAFE_INTEGER);
  log.start(recovery.end, checkpoint?.endPosition, options.rewrite);
  const physicalFirst = Math.min(runs[0]?.first ?? last.index + 1, scan.gaps[0]?.first ?? Number.MAX_SAFE_INTEGER);
  const firstWrotePosition = options.firstWrotePosition ?? recovery.end;
  const gaps = [...cold.gaps, ...scan.gaps];
  // What stands above the checkpoint will be applied, and unknown terms would make a follower agree to what it does not have: no appends before.
  const toFill = gaps.filter((gap) => scan.gaps.includes(gap) || !gap.termsKnown);
  const state = { log, timers, ring, locator, firstWrotePosition, physicalFirst, cutAtStart, last, runs };
  // A checkpoint whose entry is damaged is not contradicted.
  const isDamaged = ({ index }: LogCheckpoint) => gaps.some(({ first, last: end }) => index >= first && index <= end);
  const discarded = (at < 0 ? options.checkpoints : options.checkpoints.slice(0, at)).filter((one) => !isDamaged(one));
  const durable = new DurableLog({ ...state, gaps: new GapList(gaps, toFill, checkpoint?.index ?? 0) });
  const endLost = recovery.kind === 'rot' || log.files.lengthened.some((end) => isEndOf(end, recovery.end));
  return {
    log: durable,
    recovery,
    cut: recovery.kind !== 'clean' || endLost,
    tornWrite,
    endLost,
    checkpoint,
    discarded,
  };
}

/** Was a file cut short where the log seems to end? Behind an entry that is the last one a header's worth of zeros is there, or the file's end. */
function isEndOf(cutAt: number, end: number): boolean {
  return cutAt >= end && cutAt < end + entryHeaderBytes;
}

function gapFault(log: SegmentedLog, gap: Gap): EntryFault {
  return entryFaultAt(log, gap.from, `${gapText(gap)} cannot be read`);
}

/** What precedes the first entry that will be scanned; undefined where that is gone. */
function startLink(
  log: SegmentedLog,
  checkpoint: LogCheckpoint | undefined,
  cutAtStart: boolean,
): ChainLink | undefined {
  if (checkpoint !== undefined) return checkpoint;
  const empty = indexAtStart(log) === undefined;
  return cutAtStart && !empty ? undefined : { index: 0, term: 0, chainCrc: 0 };
}

function indexAtStart(log: SegmentedLog): number | undefined {
  return log.files.segments.length === 0 ? undefined : indexAt(log, log.minPosition);
}

/** Does the log hold exactly this entry at exactly this place? */
function matches(log: SegmentedLog, checkpoint: LogCheckpoint, firstWrote: number): boolean {
  const { position, endPosition } = checkpoint;
  if (position < log.minPosition || endPosition > log.files.maxPosition) return false;
  const header = log.readSync(position, entryHeaderBytes);
  if (nextEntry(header, 0, header.length) <= 0) return false;
  const same =
    entryIndex(header, 0) === checkpoint.index &&
    entryTerm(header, 0) === checkpoint.term &&
    entryPosition(header, 0) === position &&
    position + entrySize(header, 0) === endPosition;
  // A stock entry stores no chain CRC; its snapshot's was computed from the entry.
  return same && (position < firstWrote || entryChainCrc(header, 0) === checkpoint.chainCrc);
}

/**
 * Term runs from the first kept entry up to the checkpoint. Terms rise, so between two places of equal term there is one run; only where terms
 * differ the entries between are looked through, and what is damaged there is told.
 */
function coldRuns(
  log: SegmentedLog,
  firstWrote: number,
  checkpoint: LogCheckpoint,
  cutAtStart: boolean,
): { readonly runs: TermRun[]; readonly gaps: readonly Gap[] } | EntryFault {
  const runs: TermRun[] = [];
  const gaps: Gap[] = [];
  const note = (index: number, term: number): void => {
    if (runs.at(-1)?.term !== term) runs.push({ first: index, term });
  };
  const places = knownPlaces(log, checkpoint, cutAtStart);
  const oldest = places[0]!;
  if (oldest.position !== log.minPosition) {
    if (cutAtStart) return entryFaultAt(log, log.minPosition, 'the number of the first entry cannot be read');
    const before = { index: 0, term: 0, chainCrc: 0 };
    const range = { from: log.minPosition, to: oldest.position, before };
    const found = scanRange(log, firstWrote, range, (chain) => note(chain.index, chain.term));
    if ('code' in found) return found;
    gaps.push(...found.gaps);
    // What is lost at the very beginning counts as of the term behind it.
    runs[0] = { first: 1, term: runs[0]?.term ?? oldest.term };
  }
  for (let i = 0; i < places.length; i++) {
    const [place, next] = [places[i]!, places[i + 1]];
    note(place.index, place.term);
    if (next === undefined || next.term === place.term) continue;
    const between: TermRun[] = [];
    const before = place.index === 1 ? { index: 0, term: 0, chainCrc: 0 } : undefined;
    const range = { from: place.position, to: next.position, before };
    const found = scanRange(log, firstWrote, range, ({ index, term }) => {
      if (between.at(-1)?.term !== term) between.push({ first: index, term });
    });
    if ('code' in found) return found;
    if (places[i - 1]?.term === place.term && found.gaps[0]?.before?.index === place.index) {
      // Nothing proves the header from which this was read: it may be what is damaged.
      places.splice(i, 1);
      i -= 2;
    } else if (next !== places.at(-1) && !follows(log, next.position, found)) {
      places.splice(i + 1, 1);
      i--;
    } else {
      for (const { first, term } of between) note(first, term);
      gaps.push(...found.gaps);
    }
  }
  return { runs, gaps };
}

/** Does the header at `position` follow from the intact entry before it, where one stands there? */
function follows(
  log: SegmentedLog,
  position: number,
  { gaps, last }: { readonly gaps: readonly Gap[]; readonly last: ChainLink | undefined },
): boolean {
  if (last === undefined || (gaps.at(-1)?.to ?? 0) >= position) return true;
  const header = log.readSync(position, entryHeaderBytes);
  const stored = entryChainCrc(header, 0);
  if (stored === 0) return true;
  return (
    entryIndex(header, 0) === last.index + 1 && stored === chainCrcOf(last.chainCrc, header, 0, entryBodyCrc(header, 0))
  );
}

/** The first entries of the files up to the checkpoint, as far as their headers can be read, and the checkpoint's own. */
function knownPlaces(
  log: SegmentedLog,
  checkpoint: LogCheckpoint,
  cutAtStart: boolean,
): { readonly position: number; readonly index: number; readonly term: number }[] {
  const places: { position: number; index: number; term: number }[] = [];
  for (const { start } of log.files.segments) {
    if (start >= checkpoint.position) break;
    const header = log.readSync(start, entryHeaderBytes);
    if (nextEntry(header, 0, header.length) <= 0 || entryPosition(header, 0) !== start) continue;
    const [index, term] = [entryIndex(header, 0), entryTerm(header, 0)];
    const before = places.at(-1);
    const fits = index > (before?.index ?? 0) && index < checkpoint.index && term <= checkpoint.term;
    if (!cutAtStart && start === log.minPosition && index !== 1) continue;
    if (fits && term >= (before?.term ?? 0)) places.push({ position: start, index, term });
  }
  const { position, index, term } = checkpoint;
  places.push({ position, index, term });
  return places;
}
