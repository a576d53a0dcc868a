import type { PeerStatus } from './peer-status.ts';

/**
 * Why a member, as its leader sees it, may not take leadership over, in a sentence; undefined: it may. That is the least: whoever chooses among several asks for more where it cannot wait for a
 * member to catch up. Who lags may take over, as a transfer waits until it has everything (thesis 3.10).
 */
export function takeoverProblem({ id, voter, connected, inDoubt, unwell, state }: Candidate): string | undefined {
  if (!voter) return `${id} is a learner`;
  if (!connected) return `${id} is not connected`;
  if (inDoubt) return `${id} may lack entries that it acknowledged`;
  if (unwell) return `${id} is not well: its disk is slow or its log damaged`;
  if (state === 'behind') return `${id} is behind the oldest kept entry`;
  return undefined;
}

type Candidate = Pick<PeerStatus, 'id' | 'voter' | 'connected' | 'inDoubt' | 'unwell' | 'state'>;
