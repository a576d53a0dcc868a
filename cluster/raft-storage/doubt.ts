import type { HardStateRead } from './hard-state.ts';
import { type DoubtReason, doubtReasons } from './hard-state-codec.ts';

/** What is known when the log has been recovered. */
export interface DoubtFacts {
  readonly hardState: HardStateRead;
  /** Of the running boot (`bootIdHex`); '' = cannot be known. */
  readonly bootId: string;
  /** Recovery cut something behind the last intact entry. */
  readonly recoveryCut: boolean;
  /** What was cut is the beginning of a write that was not completed (`isTornWrite`). */
  readonly tornWrite: boolean;
  /** What was cut began with a hole that intact entries followed, or was fsynced for certain. */
  readonly holeCut: boolean;
  readonly last: { readonly index: number; readonly term: number; readonly chainCrc: number };
}

export interface DoubtDecision {
  readonly reason: DoubtReason;
  /** For the log line; '' without doubt. */
  readonly message: string;
}

/** Did the last run stop cleanly, and is the log the one that it left? (A rolled-back or foreign log does not count as clean.) */
export function stoppedCleanly(facts: Pick<DoubtFacts, 'hardState' | 'last'>): boolean {
  const { hardState, last } = facts;
  if (hardState.kind !== 'ok' || !hardState.record.cleanStop) return false;
  const { cleanIndex, cleanTerm, cleanChainCrc } = hardState.record;
  return cleanIndex === last.index && cleanTerm === last.term && cleanChainCrc === last.chainCrc;
}

/** Was the store empty once, and has no leader made this member whole since? */
export function wasNeverWhole({ reason }: DoubtDecision): boolean {
  return reason === doubtReasons.emptyStore || reason === doubtReasons.founder;
}

/**
 * May power have failed since the last run: no clean stop, and another boot (or one that cannot be told)? Then pages of the last write may have reached the
 * disk in any order, under SYNC_FLUSH too, and a hole in the log above its checkpoint is no proof of rot.
 */
export function powerMayHaveFailed(hardState: HardStateRead, bootId: string): boolean {
  if (hardState.kind !== 'ok' || hardState.record.cleanStop) return false;
  return bootId === '' || hardState.record.bootId !== bootId;
}

/**
 * Is this node in doubt: may its log lack entries that it acknowledged (safety rules, section 2)? A doubt that was set stays, with its reason, until
 * the group ends it. The order of the checks is that of what people should read first.
 */
export function decideDoubt(facts: DoubtFacts): DoubtDecision {
  const { hardState, bootId, last } = facts;
  const founder = hardState.kind === 'ok' && hardState.record.doubtReason === doubtReasons.founder;
  if (last.index === 0 && !founder) return doubt('emptyStore', 'the store is empty');
  if (hardState.kind !== 'ok') {
    const why = hardState.kind === 'absent' ? 'the hard state file is missing' : hardState.message;
    return doubt('unreadableHardState', `${why}, so term and vote are unknown`);
  }
  const { record } = hardState;
  if (record.inDoubt)
    return { reason: reasonOf(record.doubtReason), message: 'an earlier doubt has not been ended by a leader' };
  if (record.ioError) return doubt('ioError', 'an I/O error ended the last run');
  const shorter = record.cleanStop && record.cleanIndex > last.index;
  if (shorter) return doubt('recoveryCut', `the log ended at entry ${record.cleanIndex}, now it ends at ${last.index}`);
  if (facts.holeCut)
    return doubt(
      'recoveryCut',
      'the log is damaged where it was fsynced or has intact entries behind, and had to be cut there',
    );
  const sameBoot = bootId !== '' && record.bootId === bootId;
  // What was acknowledged had returned from its write, and stays in the page cache over the death of the process: it stands before the write that was cut short.
  const processDied = sameBoot && !record.cleanStop && facts.tornWrite;
  if (facts.recoveryCut && record.asyncAcks && !processDied)
    return doubt('recoveryCut', 'the end of a log written under ASYNC_FLUSH had to be cut');
  // The page cache outlives a process, whatever the flush mode: its last write is there from the front on, and zeros behind.
  if (facts.recoveryCut && sameBoot && !record.cleanStop && !processDied)
    return doubt(
      'recoveryCut',
      'the end of the log is damaged, as the end of a process does not leave it, and had to be cut',
    );
  const clean = stoppedCleanly(facts);
  if (!clean && record.asyncAcks && !sameBoot) {
    const boot = bootId === '' || record.bootId === '' ? 'a boot that cannot be told apart' : 'another boot';
    return doubt('otherBoot', `acknowledgements were given under ASYNC_FLUSH, and this is an unclean start on ${boot}`);
  }
  return { reason: doubtReasons.none, message: '' };
}

function doubt(reason: keyof typeof doubtReasons, message: string): DoubtDecision {
  return { reason: doubtReasons[reason], message };
}

function reasonOf(stored: number): DoubtReason {
  const known = Object.values(doubtReasons).find((reason) => reason === stored);
  return known === undefined || known === doubtReasons.none ? doubtReasons.unreadableHardState : known;
}
