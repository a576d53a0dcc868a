import { SegmentedLog } from '../../src/log/segmented-log.ts';
import { scanUnits, type UnitVisitor } from '../../src/log/unit-scan.ts';
import type { Disk } from '../../src/platform/ports.ts';
import { minBlankBytes, writeBlank } from './entry.ts';
import { EntryChain, entryEnvelope } from './entry-chain.ts';
import { resumesAt } from './gap-scan.ts';

export interface ReadableEntriesOptions {
  readonly disk: Disk;
  /** That of the log's files, of `segmentBytes` each. */
  readonly directory: string;
  readonly segmentBytes: number;
  /** See `OpenDurableLogOptions`. */
  readonly firstWrotePosition: number;
  /** How far behind a damaged place to look for intact entries. */
  readonly searchBytes: number;
}

/**
 * Visits the intact entries of a damaged log from position `from` on, the start or end of one, for who must know what they say before the log can be opened. Of files that do not fit together none is
 * visited. Changes nothing. Throws the disk's error.
 */
export function visitReadable(options: ReadableEntriesOptions, from: number, visit: UnitVisitor): void {
  const { firstWrotePosition, searchBytes } = options;
  const envelope = () => ({
    ...entryEnvelope(new EntryChain(firstWrotePosition, undefined)),
    minBlankBytes,
    writeBlank,
  });
  const log = SegmentedLog.open({ ...options, envelope: envelope() });
  if (!(log instanceof SegmentedLog)) return;
  try {
    const { maxPosition } = log.files;
    for (let at: number | undefined = Math.max(from, log.minPosition); at !== undefined; ) {
      const { reason, stoppedAt } = scanUnits(log, envelope(), at, maxPosition, visit);
      at = reason === 'limit' ? undefined : resumesAt(log, firstWrotePosition, stoppedAt, stoppedAt + searchBytes);
    }
  } finally {
    log.close();
  }
}
