import { AcknowledgedKept } from './acknowledged-kept.ts';
import { BatchWhole } from './batch-whole.ts';
import { CommitOwnTerm } from './commit-own-term.ts';
import { CommitRises } from './commit-rises.ts';
import { CommittedByMajority } from './committed-by-majority.ts';
import { CommittedPrefix } from './committed-prefix.ts';
import { CommittedSeen } from './committed-seen.ts';
import type { DelaysInTime } from './delays-in-time.ts';
import { DoubtKept } from './doubt-kept.ts';
import { DurableVote } from './durable-vote.ts';
import { ElectionSafety } from './election-safety.ts';
import type { Invariant } from './invariant.ts';
import { LeaderCompleteness } from './leader-completeness.ts';
import type { Ledger } from './ledger.ts';
import { LogMatching } from './log-matching.ts';
import type { MetadataKept } from './metadata-kept.ts';
import { OldDiskRefused } from './old-disk-refused.ts';
import { OneVote } from './one-vote.ts';
import { PersistedFirst } from './persisted-first.ts';
import { QueueOffsetsInOrder } from './queue-offsets.ts';
import { SameBytes } from './same-bytes.ts';
import { SameState } from './same-state.ts';
import { SilentInDoubt } from './silent-in-doubt.ts';
import { StopsAfterFailedFsync } from './stops-after-failed-fsync.ts';
import { StoreTimeRises } from './store-time-rises.ts';
import { WrittenIsThere } from './written-is-there.ts';

/** The invariants of any Raft group, anew. */
export function raftInvariants(ledger: Ledger): readonly Invariant[] {
  return [
    new ElectionSafety(),
    new LogMatching(),
    new LeaderCompleteness(ledger),
    new OneVote(),
    new DurableVote(),
    new SilentInDoubt(),
    new DoubtKept(),
    new OldDiskRefused(),
    new StopsAfterFailedFsync(),
    new WrittenIsThere(),
    new PersistedFirst(),
    new CommitOwnTerm(),
    new CommitRises(),
    new CommittedByMajority(),
    new CommittedPrefix(ledger),
  ];
}

/** What a run with a DLedger group keeps to ask it later. */
export interface Witnesses {
  /** Clients tell it what they were answered. */
  readonly metadata: MetadataKept;
  readonly delays: DelaysInTime;
}

/** All invariants of a run with a DLedger group, anew but for the witnesses. */
export function allInvariants(ledger: Ledger, { metadata, delays }: Witnesses): readonly Invariant[] {
  return [
    ...raftInvariants(ledger),
    new QueueOffsetsInOrder(),
    new BatchWhole(),
    new StoreTimeRises(),
    new SameState(),
    new AcknowledgedKept(ledger),
    new CommittedSeen(ledger),
    metadata,
    delays,
    new SameBytes(ledger),
  ];
}
