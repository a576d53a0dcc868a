import { AcknowledgedKept } from './acknowledged-kept.ts';
import { CommittedPrefix } from './committed-prefix.ts';
import { CommittedSeen } from './committed-seen.ts';
import { ElectionSafety } from './election-safety.ts';
import type { Invariant } from './invariant.ts';
import type { Ledger } from './ledger.ts';

/** All invariants of a run, anew. */
export function allInvariants(ledger: Ledger): readonly Invariant[] {
  return [new ElectionSafety(), new CommittedPrefix(ledger), new AcknowledgedKept(ledger), new CommittedSeen(ledger)];
}
