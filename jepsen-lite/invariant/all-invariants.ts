import { AcknowledgedKept } from './acknowledged-kept.ts';
import { CommittedPrefix } from './committed-prefix.ts';
import { CommittedSeen } from './committed-seen.ts';
import { ElectionSafety } from './election-safety.ts';
import type { Invariant } from './invariant.ts';
import { LeaderCompleteness } from './leader-completeness.ts';
import type { Ledger } from './ledger.ts';
import { LogMatching } from './log-matching.ts';
import type { MetadataKept } from './metadata-kept.ts';
import { OneVote } from './one-vote.ts';
import { PersistedFirst } from './persisted-first.ts';
import { QueueOffsetsInOrder } from './queue-offsets.ts';
import { SameBytes } from './same-bytes.ts';
import { SameState } from './same-state.ts';

/** All invariants of a run, anew; clients tell `metadata` what they were answered. */
export function allInvariants(ledger: Ledger, metadata: MetadataKept): readonly Invariant[] {
  return [
    new ElectionSafety(),
    new LogMatching(),
    new LeaderCompleteness(ledger),
    new OneVote(),
    new PersistedFirst(),
    new CommittedPrefix(ledger),
    new QueueOffsetsInOrder(),
    new SameState(),
    new AcknowledgedKept(ledger),
    new CommittedSeen(ledger),
    metadata,
    new SameBytes(ledger),
  ];
}
