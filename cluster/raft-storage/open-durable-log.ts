import type { TermRun } from '../../raft/index.ts';
import type { LogFault } from '../../src/log/log-error.ts';
import { type Recovery, recover } from '../../src/log/recovery.ts';
import { SegmentedLog, type SegmentedLogOptions } from '../../src/log/segmented-log.ts';
import type { Timers } from '../../src/platform/ports.ts';
import { DurableLog } from './durable-log.ts';
import {
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
import { type EntryFault, indexAt, walkEntries } from './entry-reader.ts';
import { EntryRing } from './entry-ring.ts';

export interface OpenDurableLogOptions extends Omit<SegmentedLogOptions, 'envelope'> {
  readonly timers: Timers;
  /** First position of the group, P0. */
  readonly firstPosition: number;
  /** Position at which this software first wrote; below, a stock DLedger did. `undefined`: it never wrote here, all that is found is stock. */
  readonly firstWrotePosition: number | undefined;
  /** What is known of snapshots, newest first; those that the log contradicts are reported as discarded. */
  readonly checkpoints: readonly LogCheckpoint[];
  /** How far behind the end to look for surviving entries; default: to the end of the files. */
  readonly searchBytes?: number;
  /** Rot above the checkpoint: may it be cut, because this node is in doubt anyway (doubt.ts)? */
  mayCut(rot: Extract<Recovery, { kind: 'rot' }>): boolean;
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
  const result = recoverLog(log, options);
  if (!('log' in result)) log.close();
  return result;
}

function recoverLog(log: SegmentedLog, options: OpenDurableLogOptions): OpenedDurableLog | EntryFault {
  const firstWrote = options.firstWrotePosition ?? Number.MAX_SAFE_INTEGER;
  const at = options.checkpoints.findIndex((checkpoint) => matches(log, checkpoint, firstWrote));
  const checkpoint = at < 0 ? undefined : options.checkpoints[at];
  const discarded = at < 0 ? options.checkpoints : options.checkpoints.slice(0, at);
  const cutAtStart = log.minPosition > options.firstPosition;
  const start = startLink(log, checkpoint, cutAtStart);
  const runs = checkpoint === undefined ? [] : coldRuns(log, firstWrote, checkpoint);
  if (!Array.isArray(runs)) return runs;

  const ring = new EntryRing(options.ringEntries ?? 65_536);
  const locator = new EntryLocator(log);
  const chain = new EntryChain(firstWrote, start);
  let known = start !== undefined;
  ring.reset(chain.index + 1);
  const recovery = recover(log, {
    envelope: entryEnvelope(chain),
    from: checkpoint?.endPosition ?? log.minPosition,
    syncedMark: checkpoint?.endPosition ?? log.minPosition,
    ...(options.searchBytes === undefined ? {} : { searchBytes: options.searchBytes }),
    visit(buffer, offset, size, position) {
      if (!known) ring.reset(chain.index);
      known = true;
      ring.push(position, size, chain.chainCrc);
      locator.note(chain.index, position);
      if (runs.at(-1)?.term !== chain.term) runs.push({ first: chain.index, term: entryTerm(buffer, offset) });
    },
  });
  if (recovery.kind === 'rot' && !options.mayCut(recovery)) {
    return { code: 'ROT', file: recovery.file, position: recovery.position, message: recovery.message };
  }
  log.start(recovery.end, checkpoint?.endPosition, options.rewrite);
  const physicalFirst = runs[0]?.first ?? chain.index + 1;
  const last = { index: chain.index, term: chain.term, chainCrc: chain.chainCrc };
  const firstWrotePosition = options.firstWrotePosition ?? recovery.end;
  const { timers } = options;
  const state = { log, timers, ring, locator, firstWrotePosition, physicalFirst, cutAtStart, last, runs };
  return { log: new DurableLog(state), recovery, cut: recovery.kind !== 'clean', checkpoint, discarded };
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
 * Term runs from the first kept entry up to the checkpoint. Terms rise, so a file whose first entry has the term of the next file's first is one run;
 * the others are walked through.
 */
function coldRuns(log: SegmentedLog, firstWrote: number, checkpoint: LogCheckpoint): TermRun[] | EntryFault {
  const runs: TermRun[] = [];
  const note = (index: number, term: number): void => {
    if (runs.at(-1)?.term !== term) runs.push({ first: index, term });
  };
  for (const { start } of log.files.segments) {
    if (start > checkpoint.position) break;
    const header = log.readSync(start, entryHeaderBytes);
    note(entryIndex(header, 0), entryTerm(header, 0));
    const end = Math.min(start + log.segmentBytes, checkpoint.endPosition);
    const termAtEnd =
      end < checkpoint.endPosition ? entryTerm(log.readSync(end, entryHeaderBytes), 0) : checkpoint.term;
    if (termAtEnd === entryTerm(header, 0)) continue;
    const fault = walkEntries(log, firstWrote, start, end, (buffer, offset) => {
      note(entryIndex(buffer, offset), entryTerm(buffer, offset));
      return true;
    });
    if (fault !== undefined) return fault;
  }
  return runs;
}
