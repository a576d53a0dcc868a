import { acknowledge } from './follower.ts';
import type { NodeState } from './node-state.ts';
import type { Ready, RoleReport } from './ready.ts';
import { sendAppends } from './replication.ts';
import type { HardState, MemberSet, NodeId, Role } from './types.ts';

/** An empty list of the node goes on to be filled, and must not be in a Ready. */
const nothing: readonly never[] = Object.freeze([]);

function taken<T>(list: readonly T[]): readonly T[] {
  return list.length > 0 ? list : nothing;
}

/** Collects what changed since the last Ready. */
export class ReadyBuilder {
  private number = 0;
  private commit: number;
  private persistedTo: number;
  private role: Role | undefined;
  private term = 0;
  private leader: NodeId | undefined;
  private membersVersion: number;

  constructor(node: NodeState) {
    this.commit = node.commit;
    this.persistedTo = node.lastIndex;
    this.membersVersion = node.members.version;
  }

  pending(node: NodeState): boolean {
    return (
      node.messages.length > 0 ||
      node.later.length > 0 ||
      node.appendsDue ||
      node.ackDue ||
      node.writes.length > 0 ||
      node.commit > this.commit ||
      node.persistWanted ||
      node.lastIndex > this.persistedTo ||
      node.hardStateDirty ||
      node.doubtDirty ||
      node.noopWanted ||
      node.newReads > 0 ||
      node.reads.releasedUpTo > 0 ||
      node.loads.length > 0 ||
      node.transferEnded !== undefined ||
      node.members.version !== this.membersVersion ||
      this.roleChanged(node)
    );
  }

  build(node: NodeState): Ready {
    const number = ++this.number;
    const { writes, loads, hardStateDirty, doubtDirty, transferEnded } = node;
    // The log does not hold entries that wait in `writes`: a brand-new leader sends in the next Ready.
    if (node.appendsDue && writes.length === 0) {
      node.appendsDue = false;
      if (node.role === 'leader') for (const peer of node.peerList) sendAppends(node, peer);
    }
    if (node.ackDue) acknowledge(node);
    const noopTerm = node.noopWanted && node.role === 'leader' ? node.term : 0;
    const persist = node.persistWanted || writes.length > 0 || node.lastIndex > this.persistedTo;
    const sync = node.syncWanted;
    if (persist) {
      node.durable.start(number, node.lastIndex, sync);
      this.persistedTo = node.lastIndex;
    }
    if (node.ownVotePending) {
      node.ownVotePending = false;
      node.ownVoteNumber = number;
    }
    this.commit = node.commit;
    const ready: Ready = {
      number,
      writes: taken(writes),
      roleChange: this.roleChanged(node) ? this.report(node) : undefined,
      noopTerm,
      hardState: hardStateDirty ? hardStateOf(node) : undefined,
      doubt: doubtDirty ? false : undefined,
      messages: taken(node.messages),
      messagesAfterState: taken(node.later),
      persist,
      sync: persist && sync,
      commit: node.commit,
      loads: taken(loads),
      readUpTo: node.reads.releasedUpTo,
      readIndex: node.reads.releasedIndex,
      transferEnded,
      members: this.changedMembers(node),
    };
    this.clear(node);
    return ready;
  }

  private clear(node: NodeState): void {
    if (node.writes.length > 0) node.writes = [];
    if (node.messages.length > 0) node.messages = [];
    if (node.later.length > 0) node.later = [];
    if (node.loads.length > 0) node.loads = [];
    node.hardStateDirty = false;
    node.doubtDirty = false;
    node.noopWanted = false;
    node.persistWanted = false;
    node.syncWanted = false;
    node.transferEnded = undefined;
    node.sharedView = undefined;
    node.reads.clearReleased();
  }

  private changedMembers({ members }: NodeState): MemberSet | undefined {
    if (members.version === this.membersVersion) return undefined;
    this.membersVersion = members.version;
    return { voters: members.voters, learners: members.learners };
  }

  private roleChanged(node: NodeState): boolean {
    return node.role !== this.role || node.term !== this.term || node.leader !== this.leader;
  }

  private report(node: NodeState): RoleReport {
    this.role = node.role;
    this.term = node.term;
    this.leader = node.leader;
    const votes: NodeId[] = [];
    if (node.role === 'leader') {
      for (const [id, granted] of node.votes) if (granted && node.members.isVoter(id)) votes.push(id);
    }
    return {
      role: node.role,
      term: node.term,
      leader: node.leader,
      reason: node.roleReason,
      votes,
      leaderlessTicks: node.leader === undefined ? node.now - node.leaderlessSince : node.leaderlessTicks,
      inDoubtElection: electedInDoubt(node),
    };
  }
}

/**
 * What is to be saved may be written before the end of doubt or behind it: it must not take back that the store is not fresh any more. Without the end it says as much: the fsynced
 * log reaches what made this node whole.
 */
function hardStateOf({ term, vote, fresh, doubtEnding }: NodeState): HardState {
  return { term, vote, fresh: fresh && !doubtEnding };
}

/** Was the leader of this term elected in doubt, as far as its own node or who voted for it can tell? */
function electedInDoubt({ role, wonInDoubt, leader, vote, doubtVoteTerm, term }: NodeState): boolean {
  if (role === 'leader') return wonInDoubt;
  return leader !== undefined && vote === leader && doubtVoteTerm === term;
}
