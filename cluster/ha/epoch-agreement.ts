import type { Disk, DiskError, Logger } from '../../src/platform/ports.ts';
import type { DoubtFile } from './doubt-file.ts';
import type { EpochFile } from './epoch-file.ts';
import { commonEnd } from './epoch-history.ts';
import type { HaLog } from './ha-log.ts';
import { orFatal } from './or-fatal.ts';
import type { EpochEntry } from './replica-roles.ts';
import type { Agreement, Prove } from './slave-role.ts';
import type { Welcome } from './wire.ts';

/** Where a cut that is under way is noted: its bytes may vanish in any order, and a start must not take what is left of them for a log. */
export const cutPath = (root: string): string => `${root}/ledgermq.cut`;

/** Where the log ends by a cut that the last run did not finish; undefined without one. Throws a sentence for a file that cannot be read. */
export function unfinishedCut(disk: Disk, root: string): number | undefined {
  const bytes = disk.readFile(cutPath(root));
  if (bytes === undefined) return undefined;
  const position = Number(bytes.toString());
  if (Number.isSafeInteger(position) && position >= 0 && bytes.length > 0) return position;
  throw new Error(
    `${cutPath(root)} holds no position; remove this broker's store, and it fetches everything from the master`,
  );
}

export interface EpochAgreementOptions {
  readonly disk: Disk;
  readonly logger: Logger;
  readonly root: string;
  readonly log: HaLog;
  readonly epochs: EpochFile;
  readonly directory: Pick<DoubtFile, 'setId' | 'belongsTo'>;
  /**
   * In doubt: only what is below is certainly what was written. A record's checksum does not cover its head and properties, so that a power failure may have damaged
   * what looks whole.
   */
  readonly trustedEnd: () => number | undefined;
  /** Newest epoch whose master was not in sync when it was elected; 0: none. */
  readonly uncleanEpoch: () => number;
  fatal(error: DiskError): void;
}

/** How a slave of Controller mode comes to agree with its master: the log is cut where the epochs part, and follows the master's record of them from there on. */
export class EpochAgreement implements Agreement {
  readonly #options: EpochAgreementOptions;
  #ofMaster: readonly EpochEntry[] = [];
  /** As the master told it. */
  #setId: string | undefined;
  /** The log agreed with a master's in this run: what came since came from a master. */
  #agreed = false;
  /** A cut is under way, and the next agreement waits for its end. */
  #cutting = false;
  #waiting: (() => void) | undefined;

  constructor(options: EpochAgreementOptions) {
    this.#options = options;
  }

  agree(welcome: Welcome, prove: Prove, done: (problem: string | undefined) => void): void {
    if (this.#cutting) {
      this.#waiting = () => this.agree(welcome, prove, done);
      return;
    }
    const { log, epochs } = this.#options;
    const { minPosition, endPosition } = log;
    const common = commonEnd(
      { entries: epochs.entries, minPosition, endPosition },
      { ...welcome, entries: welcome.epochs },
    );
    this.#ofMaster = welcome.epochs;
    this.#setId = welcome.setId;
    const { setId } = this.#options.directory;
    const isEmpty = endPosition === minPosition;
    const isKnown = isEmpty || (setId !== undefined && setId === welcome.setId);
    const trusted = (this.#agreed ? undefined : this.#options.trustedEnd()) ?? Number.POSITIVE_INFINITY;
    // An empty store has just begun where the master's log does: below that it holds nothing that could be wrong.
    const end = common === undefined ? undefined : Math.min(common, Math.max(trusted, minPosition));
    // Bytes show that it is the same log, where nothing else does.
    const shown = isKnown || end === undefined || end > minPosition ? (end ?? 0) : (common ?? 0);
    if (!isKnown && setId !== undefined && welcome.setId !== undefined) {
      done(
        `its log is that of the set ${setId}, and the master's that of ${welcome.setId}: it is another cluster's data, or the set was made anew. Nothing was changed; to give it up and follow, start it with an empty storePathRootDir`,
      );
    } else if (end === undefined) {
      done(
        "its log and the master's have nothing in common, or the master has deleted what follows; nothing was changed; start it with an empty storePathRootDir",
      );
    } else if (end < log.confirmedPosition) {
      done(
        `the master's log parts from this one at ${end}, but consumers here have seen everything up to ${log.confirmedPosition}: an unclean election gave that up, or this is another cluster's data. Nothing was changed; to follow, start it with an empty storePathRootDir`,
      );
    } else if (common !== undefined && common < endPosition && this.#options.uncleanEpoch() > epochs.lastEpoch) {
      // A killed broker has forgotten what consumers saw: only of clean elections it is certain that the new master has that.
      done(
        `the master's log parts from this one at ${common}, and the election of epoch ${this.#options.uncleanEpoch()} was unclean: the ${endPosition - common} bytes behind may have been acknowledged and seen. Nothing was changed; to give them up and follow, start it with an empty storePathRootDir`,
      );
    } else if (!isKnown && shown <= minPosition) {
      done(
        `its log of ${endPosition - minPosition} bytes has nothing in common with the master's, and it does not know to which set it belongs: it may be another cluster's data. Nothing was changed; to give it up and follow, start it with an empty storePathRootDir`,
      );
    } else if (end < endPosition) prove(shown, () => this.#cut(end, done));
    else if (isKnown || welcome.setId === undefined) this.#settle(end, done);
    else prove(end, () => this.#settle(end, done));
  }

  /** The log is a beginning of the master's, and so its set's. */
  #settle(end: number, done: (problem: undefined) => void): void {
    const { epochs, directory, fatal } = this.#options;
    const noted = orFatal(fatal, () => {
      epochs.cut(end);
      directory.belongsTo(this.#setId);
    });
    if (!noted) return;
    this.#agreed = true;
    done(undefined);
  }

  abandon(): void {
    this.#waiting = undefined;
  }

  /** Each step is durable before the next: the note, the log, the epochs, the note's end. */
  #cut(end: number, done: (problem: undefined) => void): void {
    const { disk, logger, root, log, epochs, fatal } = this.#options;
    const bytes = log.endPosition - end;
    logger.warn("Cuts its log where it parts from the master's: consumers have seen nothing of what goes", {
      position: end,
      bytes,
    });
    if (!orFatal(fatal, () => disk.replaceFile(cutPath(root), Buffer.from(String(end))))) return;
    this.#cutting = true;
    log.cut(end, (error) => {
      this.#cutting = false;
      if (error !== undefined) {
        fatal(error);
        return;
      }
      const noted = orFatal(fatal, () => {
        epochs.cut(end);
        disk.remove(cutPath(root));
        disk.syncDirectory(root);
      });
      if (!noted) return;
      this.#settle(end, done);
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.();
    });
  }

  extend(end: number): boolean {
    const { epochs, fatal } = this.#options;
    return orFatal(fatal, () => {
      for (const { epoch, startPosition } of this.#ofMaster) {
        if (epoch > epochs.lastEpoch && startPosition < end) epochs.append(epoch, startPosition);
      }
    });
  }
}
