import {
  type PeerStatus,
  type PortError,
  type Replica,
  type TransferResult,
  takeoverProblem,
} from '../../raft/index.ts';
import { asDiskError } from '../../src/log/log-error.ts';
import type { DirectoryLock, Platform } from '../../src/platform/ports.ts';
import type { RaftStorage } from '../raft-storage/open-raft-storage.ts';

/** Longest wait for another member to take leadership over at a stop, ms. */
const HAND_OVER_MS = 2_000;
/** How long a failed disk may take to note the failure, ms. */
const FAILURE_MARK_MS = 500;

/**
 * Takes part no longer, at once; then leaves a mark, if the disk still takes one, so that the next start is in doubt: after an error nobody knows
 * what of the log is durable (raft/SAFETY.md 2 and 3). `end` stops the process.
 */
export function failMember(
  platform: Platform,
  replica: Replica,
  { hardState }: RaftStorage,
  error: PortError,
  end: () => void,
): void {
  replica.stop();
  platform.logger.error('This member stops', { code: error.code, reason: error.message });
  platform.timers.after(FAILURE_MARK_MS, end);
  hardState.saveIoError(end);
}

/** Keeps the leader's snapshot with which the log is to begin anew. False, said in the log, where the disk does not take it. */
export function keepReceived({ logger }: Platform, { received }: RaftStorage, bytes: Buffer, index: number): boolean {
  try {
    received.keep(bytes, index);
    return true;
  } catch (thrown) {
    const { code, message } = asDiskError(thrown);
    logger.warn('The snapshot of the leader was not kept; it will send it again', { code, reason: message });
    return false;
  }
}

/**
 * The member that lags least takes over, or the next one where it does not; where none can, the others elect one when this one is gone. A transfer that runs (people asked for it, or the disk is slow) is waited for first: no
 * other can begin beside it, and who asked is to hear how it ended.
 */
export async function handLeadershipOver({ logger, timers, clock }: HandOverPlatform, replica: Leader): Promise<void> {
  const end = clock.monotonicMs() + HAND_OVER_MS;
  const outcomeOf = (transfer: (done: (result: TransferResult | undefined) => void) => void): Promise<void> =>
    new Promise((resolve) => {
      const timer = timers.after(end - clock.monotonicMs(), resolve);
      transfer((result) => {
        if (result !== undefined) logger.info('Handed leadership over', { ...result });
        timers.cancel(timer);
        resolve();
      });
    });
  await outcomeOf((done) => replica.joinTransfer(done));
  for (const { id } of heirs(replica)) {
    if (!replica.isLeader || clock.monotonicMs() >= end) return;
    await outcomeOf((done) => replica.transferLeadership(id, done));
  }
}

type HandOverPlatform = Pick<Platform, 'logger' | 'timers' | 'clock'>;
type Leader = Pick<Replica, 'isLeader' | 'status' | 'transferLeadership' | 'joinTransfer'>;

/** Those that can lead; who has been silent for an election timeout comes last. */
function heirs(replica: Leader): readonly PeerStatus[] {
  if (!replica.isLeader) return [];
  const able = replica.status().peers.filter((peer) => takeoverProblem(peer) === undefined);
  return able.sort((a, b) => Number(b.heard) - Number(a.heard) || a.lag - b.lag);
}

/** What of a member is closed at its end. */
interface Closing {
  readonly platform: Platform;
  readonly storage: RaftStorage;
  readonly lock: DirectoryLock;
}

/** Flushes the log of a replica that was stopped, and leaves the directory marked as clean. */
export async function closeMember({ storage, lock }: Closing): Promise<void> {
  const { log, hardState } = storage;
  await ended((done) => log.flush(done));
  const last = { index: log.lastIndex, term: log.lastTerm, chainCrc: log.chainCrc(log.lastIndex) };
  await ended((done) => hardState.saveClean(last, done));
  releaseDirectory(storage, lock);
}

/**
 * The same where the log begins anew; `closeDerived` comes first. What a full disk does not take is left as the end of a process would leave it: nothing of that was acknowledged, and the
 * start that follows recovers.
 */
export async function closeToBeginAnew(closing: Closing, closeDerived: () => Promise<void>): Promise<void> {
  const { platform, storage, lock } = closing;
  const { log, hardState } = storage;
  const full = (await fullAt(closeDerived)) ?? (await fullAt(() => closeMember(closing)));
  if (full === undefined) return;
  platform.logger.warn('The disk is full: the log begins anew without what could not be written', { reason: full });
  // Nothing of this run may be on its way to the files when the next one has them.
  await fullAt(() => ended((done) => log.flush(done)));
  await ended((done) => hardState.saveLast(done));
  releaseDirectory(storage, lock);
}

/** What a step says for which the disk has no room. Rejects with any other failure. */
async function fullAt(step: () => Promise<void>): Promise<string | undefined> {
  try {
    await step();
    return undefined;
  } catch (thrown) {
    const { code, message } = asDiskError(thrown);
    if (code !== 'ENOSPC') throw thrown;
    return message;
  }
}

/** Closes the files as they are. */
export function releaseDirectory({ log, hardState }: RaftStorage, lock: DirectoryLock): void {
  log.close();
  hardState.close();
  lock.release();
}

/** A step that reports by callback, as a promise that rejects with the error's sentence and code. */
export function ended(step: (done: (error: PortError | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    step((error) =>
      error === undefined ? resolve() : reject(Object.assign(new Error(error.message), { code: error.code })),
    );
  });
}
