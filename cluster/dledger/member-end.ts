import type { PortError, Replica } from '../../raft/index.ts';
import { asDiskError } from '../../src/log/log-error.ts';
import type { Platform } from '../../src/platform/ports.ts';
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

/** The member that lags least takes over; where none can, the others elect one when this one is gone. */
export async function handLeadershipOver({ logger, timers }: Platform, replica: Replica): Promise<void> {
  if (!replica.isLeader) return;
  const able = replica.status().peers.filter(({ voter, connected, inDoubt, state }) => {
    return voter && connected && !inDoubt && state !== 'behind';
  });
  const target = able.sort((a, b) => a.lag - b.lag)[0];
  if (target === undefined) return;
  await new Promise<void>((resolve) => {
    const timer = timers.after(HAND_OVER_MS, resolve);
    replica.transferLeadership(target.id, ({ ok, reason }) => {
      logger.info('Handed leadership over', { to: target.id, ok, reason });
      timers.cancel(timer);
      resolve();
    });
  });
}

/** Flushes the log of a replica that was stopped, and leaves the directory marked as clean. */
export async function closeRaftStorage({ log, hardState }: RaftStorage): Promise<void> {
  await ended((done) => log.flush(done));
  const last = { index: log.lastIndex, term: log.lastTerm, chainCrc: log.chainCrc(log.lastIndex) };
  await ended((done) => hardState.saveClean(last, done));
  log.close();
  hardState.close();
}

/** A step that reports by callback, as a promise that rejects with the error's sentence. */
export function ended(step: (done: (error: { readonly message: string } | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    step((error) => (error === undefined ? resolve() : reject(new Error(error.message))));
  });
}
