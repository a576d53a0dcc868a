import { waitsFor } from './election.ts';
import type { NodeState } from './node-state.ts';
import { type PeerStatus, peerStatus } from './peer-status.ts';
import type { NodeId, Role } from './types.ts';

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
    peers: node.peerList.map((peer) => peerStatus(node, peer)),
  };
}
