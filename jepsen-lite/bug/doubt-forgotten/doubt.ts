import * as real from '../../../cluster/raft-storage/doubt.ts';

export * from '../../../cluster/raft-storage/doubt.ts';

/** Judges this start alone. */
export function decideDoubt(facts: real.DoubtFacts): real.DoubtDecision {
  const { hardState } = facts;
  if (hardState.kind !== 'ok') return real.decideDoubt(facts);
  return real.decideDoubt({ ...facts, hardState: { ...hardState, record: { ...hardState.record, inDoubt: false } } });
}
