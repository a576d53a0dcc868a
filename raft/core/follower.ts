import { assert } from './assert.ts';
import { startVote } from './election.ts';
import type { NodeState } from './node-state.ts';
import { transferLeaderKnown } from './transfer.ts';
import type { AppendRequest, DoubtEnd, EntryBatch, Message, NodeId } from './types.ts';

/** Takes a term and its leader, if known; whatever role there was ends. */
export function becomeFollower(node: NodeState, term: number, leader: NodeId | undefined, reason: string): void {
  if (term > node.term) {
    node.term = term;
    node.vote = '';
    node.hardStateDirty = true;
  }
  node.role = 'follower';
  node.roleReason = reason;
  node.votes.clear();
  node.electionDeadline = node.drawTimeout();
  node.matched = node.commit;
  node.ackSequence = 0;
  node.ackDue = false;
  node.leaderReady = false;
  node.noopWanted = false;
  node.doubtPhase = false;
  node.appendsDue = false;
  node.newReads = 0;
  node.reads.drop();
  setLeader(node, leader, reason);
}

export function setLeader(node: NodeState, leader: NodeId | undefined, reason: string): void {
  if (leader !== undefined) {
    node.leaderHeardAt = node.now;
    node.heardLeaderSinceStart = true;
    node.preVoteFailed = false;
    node.lostRounds = 0;
    node.givenUp.clear();
    node.granted.clear();
    node.quietRounds = 0;
    node.isBetterVoter = false;
  }
  if (leader === node.leader) return;
  if (leader === undefined) node.leaderlessSince = node.now;
  else node.leaderlessTicks = node.leader === undefined ? node.now - node.leaderlessSince : 0;
  node.leader = leader;
  node.leaderClosed = 0;
  node.roleReason = reason;
  if (leader !== undefined) transferLeaderKnown(node, leader);
}

export function stepFollower(node: NodeState, message: Message): void {
  switch (message.type) {
    case 'append':
      hearLeader(node, message.from);
      stepAppend(node, message);
      break;
    case 'heartbeat': {
      hearLeader(node, message.from);
      commitTo(node, message.commit);
      const { id: from, term, inDoubt, unwell } = node;
      node.later.push({ type: 'heartbeat-reply', from, to: message.from, term, round: message.round, inDoubt, unwell });
      break;
    }
    case 'timeout-now':
      if (!node.inDoubt && node.leader === message.from && node.mayStand)
        startVote(node, 'vote', true, `leadership from ${message.from}`);
      break;
    case 'doubt-end':
      stepDoubtEnd(node, message);
      break;
    default:
  }
}

function hearLeader(node: NodeState, from: NodeId): void {
  // One draw per tick, not one per message.
  if (node.leader !== from || node.leaderHeardAt !== node.now) node.electionDeadline = node.drawTimeout();
  if (node.leader === from) {
    node.leaderHeardAt = node.now;
    node.leaderClosed = 0;
  } else {
    setLeader(node, from, `${from} leads`);
  }
}

function stepAppend(node: NodeState, append: AppendRequest): void {
  const { prevIndex, prevTerm, entries } = append;
  if (prevIndex > node.commit && node.runs.termAt(prevIndex) !== prevTerm) {
    reject(node, append);
    return;
  }
  const writes = node.writes.length;
  if (entries) takeEntries(node, entries, append.syncFlush);
  node.matched = Math.max(node.matched, entries ? entries.last : prevIndex);
  node.ackSequence = Math.max(node.ackSequence, append.sequence);
  commitTo(node, append.commit);
  if (node.writes.length > writes) return; // The persist brings the reply.
  node.ackDue = true;
  if ((append.syncFlush || node.inDoubt) && node.durable.synced < node.matched) {
    node.persistWanted = true;
    node.syncWanted = true;
  }
}

/** Keeps what is known, cuts a conflicting tail, takes the rest (thesis 3.5): a late or repeated append never shortens the log. */
function takeEntries(node: NodeState, batch: EntryBatch, syncFlush: boolean): void {
  const { runs, members } = node;
  const { version } = members;
  const from = runs.firstDifference(batch.runs, batch.last, Math.max(batch.first, node.commit + 1));
  if (from === undefined) return;
  const cut = from <= node.lastIndex;
  if (cut) {
    assert(from > node.commit, 'a leader contradicts a committed entry');
    runs.truncate(from);
    members.truncate(from);
    node.durable.truncate(from);
    node.writes.push({ kind: 'truncate', from });
  }
  const termBefore = runs.lastTerm;
  for (let i = 0; i < batch.runs.length; i++) {
    const run = batch.runs[i] as { first: number; term: number };
    const next = batch.runs[i + 1];
    const last = next ? next.first - 1 : batch.last;
    if (last > node.lastIndex) runs.append(last, run.term);
  }
  node.writes.push({ kind: 'append', batch });
  for (const set of batch.members ?? []) if (set.index >= from) members.append(set);
  const changed = members.version !== version;
  if (changed) node.membersChanged();
  // Cuts, sets of members and the first entry of a term are fsynced before they are acknowledged, whatever the flush mode (safety rule 3).
  if (cut || changed || syncFlush || node.inDoubt || runs.lastTerm !== termBefore) node.syncWanted = true;
}

/** Tells the leader where the logs may agree, skipping whole terms (thesis 3.5). */
function reject(node: NodeState, append: AppendRequest): void {
  const { id: from, term, inDoubt, runs } = node;
  const below = Math.min(append.prevIndex - 1, node.lastIndex);
  const hintIndex = Math.max(node.commit, runs.lastAtMost(below, append.prevTerm));
  const hintTerm = runs.termAt(hintIndex) ?? 0;
  const { sequence, prevIndex: index } = append;
  const answer = { sequence, rejected: true, index, syncedIndex: 0, hintIndex, hintTerm, inDoubt };
  node.later.push({ type: 'append-reply', from, to: append.from, term, ...answer });
}

/** The leader's commit index holds here as far as the log is known to be the leader's. */
function commitTo(node: NodeState, leaderCommit: number): void {
  node.commit = Math.max(node.commit, Math.min(leaderCommit, node.matched));
}

/** The leader has made this node whole; it must itself know the entry to be fsynced here (safety rule 2). */
function stepDoubtEnd(node: NodeState, message: DoubtEnd): void {
  hearLeader(node, message.from);
  if (!node.inDoubt || Math.min(node.durable.synced, node.matched) < message.index) return;
  node.endDoubt();
}

export function followerPersisted(node: NodeState): void {
  if (node.role === 'follower' && node.leader !== undefined && node.matched > 0) node.ackDue = true;
}

/** One reply for all appends since the last one. */
export function acknowledge(node: NodeState): void {
  node.ackDue = false;
  if (node.role !== 'follower' || node.leader === undefined) return;
  const { id: from, leader: to, term, inDoubt, matched, durable } = node;
  node.later.push({
    type: 'append-reply',
    from,
    to,
    term,
    sequence: node.ackSequence,
    rejected: false,
    index: Math.min(durable.written, matched),
    syncedIndex: Math.min(durable.synced, matched),
    hintIndex: 0,
    hintTerm: 0,
    inDoubt,
  });
}
