import { waitsFor } from './election.ts';
import type { NodeState } from './node-state.ts';
import type { ProgressState } from './progress.ts';
import type { NodeId, Role } from './types.ts';

export interface PeerStatus {
  readonly id: NodeId;
  /** Else a learner. */
  readonly voter: boolean;
  readonly connected: boolean;
  readonly incarnation: number;
  readonly inDoubt: boolean;
  /** Leader only: as the peer said last, it should not lead (slow disk, damaged log). */
  readonly unwell: boolean;
  /** Leader only, else 0: last index known to match, fsynced there, and how many entries it lacks. */
  readonly match: number;
  readonly synced: number;
  readonly lag: number;
  /** Leader only. */
  readonly state: ProgressState | undefined;
  /** Leader only: it answered within the shortest election timeout. */
  readonly heard: boolean;
}

export interface CoreStatus {
  readonly id: NodeId;
  readonly role: Role;
  readonly term: number;
  readonly vote: NodeId;
  readonly leader: NodeId | undefined;
  /** Leader whose own first entry is applied. */
  readonly ready: boolean;
  readonly inDoubt: boolean;
  /** In doubt since its store was empty. */
  readonly fresh: boolean;
  /** Entries of its log cannot be read: it votes, but does not stand. */
  readonly logDamaged: boolean;
  /** Its disk is slow or its log damaged: it should not lead. */
  readonly unwell: boolean;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly lastIndex: number;
  readonly writtenIndex: number;
  readonly syncedIndex: number;
  readonly transferringTo: NodeId | undefined;
  /** Members whose hello is still awaited before there can be an election. */
  readonly waitsFor: readonly NodeId[];
  /** The set of members in force here, and the entry that brought it (0: the configuration). */
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly membersIndex: number;
  readonly peers: readonly PeerStatus[];
}

/** A snapshot for status pages, metrics and tests. */
export function describe(node: NodeState): CoreStatus {
  const leads = node.role === 'leader';
  return {
    id: node.id,
    role: node.role,
    term: node.term,
    vote: node.vote,
    leader: node.leader,
    ready: node.leaderReady,
    inDoubt: node.inDoubt,
    fresh: node.fresh,
    logDamaged: node.logDamaged,
    unwell: node.unwell,
    commitIndex: node.commit,
    appliedIndex: node.appliedIndex,
    lastIndex: node.lastIndex,
    writtenIndex: node.durable.written,
    syncedIndex: node.durable.synced,
    transferringTo: node.transfer?.to,
    waitsFor: waitsFor(node),
    voters: node.members.voters,
    learners: node.members.learners,
    membersIndex: node.members.changedAt,
    peers: node.peerList.map((peer) => ({
      id: peer.id,
      voter: node.members.isVoter(peer.id),
      connected: peer.connected,
      incarnation: peer.incarnation,
      inDoubt: peer.inDoubt,
      unwell: leads && peer.unwell,
      match: leads ? peer.match : 0,
      synced: leads ? peer.synced : 0,
      lag: leads ? node.lastIndex - peer.match : 0,
      state: leads ? peer.state : undefined,
      heard: leads && peer.connected && node.now - peer.heardAt < node.config.electionTicks,
    })),
  };
}
