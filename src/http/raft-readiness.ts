import type { RaftStatus } from './status-source.ts';

/** Why a member cannot serve clients now, by itself or through its leader; undefined if it can. */
export function raftNotReady(raft: RaftStatus): string | undefined {
  const { id, role, term, leader, ready, stopped, waitsFor, inDoubt } = raft;
  if (stopped) return `member ${id} has left its group`;
  // Who restarts members one by one waits for this: a member in doubt does not count towards a majority yet.
  if (inDoubt && leader !== undefined)
    return `${id} is in doubt: it may lack entries, until ${leader} has made it whole`;
  if (role === 'leader') {
    return ready ? undefined : `${id} leads in term ${term}, but its first entry is not committed and applied yet`;
  }
  if (leader === undefined) {
    const awaited = waitsFor.length === 0 ? '' : `; before an election it must hear of ${waitsFor.join(', ')}`;
    return `${id} knows no leader in term ${term}${awaited}`;
  }
  const link = raft.peers.find((peer) => peer.id === leader);
  return link?.connected === false ? `${id} follows ${leader}, but has no connection to it` : undefined;
}
