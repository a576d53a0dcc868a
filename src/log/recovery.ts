import type { Envelope } from './envelope.ts';
import type { SegmentedLog } from './segmented-log.ts';
import { scanUnits, type UnitVisitor } from './unit-scan.ts';

export interface RecoveryOptions {
  readonly envelope: Envelope;
  /** Where to begin: the end of a unit that is known to be intact (a checkpoint), or the first position. */
  readonly from: number;
  /** Everything below was fsynced for certain; whatever is wrong below is rot. */
  readonly syncedMark: number;
  /** How far behind the last good unit to look for surviving ones; default: to the end of the files. */
  readonly searchBytes?: number;
  /** Nothing was ever written behind this position. Of no use if units are found behind it: somebody else wrote here since. */
  readonly searchLimit?: number;
  /** Sees every good unit from `from` on. */
  readonly visit?: UnitVisitor;
}

/**
 * What recovery found. `clean`: the log ends at `end` and nothing stands behind it. `torn`: behind `end` stands a last write that did not
 * complete; to be cut. `rot`: what is wrong at `position` was once fsynced, or intact units follow it (the first at `validAt`): never to be
 * cut silently.
 */
export type Recovery =
  | { readonly kind: 'clean'; readonly end: number }
  | { readonly kind: 'torn'; readonly end: number; readonly file: string; readonly position: number }
  | {
      readonly kind: 'rot';
      readonly end: number;
      readonly file: string;
      readonly position: number;
      readonly validAt: number | undefined;
      /** One sentence for people. */
      readonly message: string;
    };

/** Scans from a checkpoint to the end of the log and judges how it ends. Changes nothing. Throws the disk's error. */
export function recover(log: SegmentedLog, options: RecoveryOptions): Recovery {
  const { envelope, from, syncedMark } = options;
  const scan = scanUnits(log, envelope, from, Number.MAX_SAFE_INTEGER, options.visit);
  const { end, stoppedAt: position } = scan;
  const file = log.files.pathOf(position);
  const { searchBytes = Number.MAX_SAFE_INTEGER, searchLimit = 0 } = options;
  const written = searchLimit > position ? searchLimit : log.files.maxPosition;
  const searchEnd = Math.min(log.files.maxPosition, position + searchBytes, written);
  const found = search(log, envelope, position, searchEnd);
  if (end < syncedMark || found.validAt !== undefined) {
    const why =
      end < syncedMark
        ? `it was fsynced up to position ${syncedMark}`
        : `intact data follows at position ${found.validAt}`;
    const message = `${file} is damaged at position ${position}: ${why}`;
    return { kind: 'rot', end, file, position, validAt: found.validAt, message };
  }
  if (scan.reason === 'end' && found.allZero) return { kind: 'clean', end };
  return { kind: 'torn', end, file, position };
}

interface Survivors {
  readonly validAt: number | undefined;
  readonly allZero: boolean;
}

const stepBytes = 1 << 20;
/** A unit that begins in a step is looked at up to here: the biggest unit that the search can recognise has 15 MiB. */
const reachBytes = 16 << 20;
const zeros = Buffer.alloc(stepBytes);

/** The first intact unit that begins in [from, to), judged by its own bytes alone; undefined if there is none. Throws the disk's error. */
export function findIntact(log: SegmentedLog, envelope: Envelope, from: number, to: number): number | undefined {
  return search(log, envelope, from, Math.min(to, log.files.maxPosition)).validAt;
}

/** Looks for an intact unit behind the place where a scan stopped (and at that place, if a unit stood there that is no successor). */
function search(log: SegmentedLog, envelope: Envelope, from: number, searchEnd: number): Survivors {
  let allZero = true;
  let position = from;
  // One buffer for all steps: a start must not leave tens of MiB to the garbage collector.
  const step = Buffer.allocUnsafeSlow(Math.min(stepBytes, log.segmentBytes));
  while (position < searchEnd) {
    const count = log.readInto(step, position);
    if (count === 0) break;
    const bytes = step.subarray(0, Math.min(count, searchEnd - position));
    if (zeros.compare(bytes, 0, bytes.length, 0, bytes.length) !== 0) {
      allZero = false;
      const reach = log.readSync(position, reachBytes);
      for (let offset = 0; offset < bytes.length; offset++) {
        if (envelope.intactAt(reach, offset, reach.length, position + offset)) {
          return { validAt: position + offset, allZero };
        }
      }
    }
    position += bytes.length;
  }
  return { validAt: undefined, allZero };
}
