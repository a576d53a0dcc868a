import { checkDoubt, endOwnDoubt } from './doubt.ts';
import type { NodeState } from './node-state.ts';
import type { Progress } from './progress.ts';
import { quorumValue } from './quorum.ts';
import { progressTransfer } from './transfer.ts';
import type { AppendReply, EntryBatch } from './types.ts';

/** Where to probe first, by what the peer's hello said of its log's end. That may be long ago: the oldest kept entry is tried before a peer is called behind. */
export function firstGuess(node: NodeState, peer: Progress): number {
  if (!peer.connected) return node.lastIndex + 1;
  const agree = node.runs.lastAtMost(Math.min(node.lastIndex, peer.helloLastIndex), peer.helloLastTerm);
  return Math.max(agree + 1, node.source.firstIndex);
}

/** Sends what a peer lacks, as far as its state and window allow. */
export function sendAppends(node: NodeState, peer: Progress): void {
  if (!peer.connected || peer.paused || peer.loadingFirst > 0 || peer.state === 'behind') return;
  const { config } = node;
  if (peer.state === 'probe') {
    // What is not in memory is not worth reading before the peer has agreed.
    const batch = peer.next <= node.lastIndex ? viewOnce(node, peer.next, config.maxProbeBytes) : undefined;
    peer.paused = sendAppend(node, peer, peer.next, batch);
    return;
  }
  while (peer.next <= node.lastIndex) {
    if (peer.inflightBytes >= config.maxInflightBytes || peer.inflightCount >= config.maxInflightCount) return;
    const { next: first } = peer;
    const batch = viewOnce(node, first, config.maxAppendBytes);
    if (!batch) {
      if (first < node.source.firstIndex) {
        peer.state = 'behind';
      } else {
        peer.loadingFirst = first;
        node.loads.push({ to: peer.id, term: node.term, first, maxBytes: config.maxAppendBytes });
      }
      return;
    }
    if (!sendAppend(node, peer, first, batch)) return;
    peer.sent(batch.last, batch.byteLength);
  }
}

/** Peers at the same place share one view: the log gathers it once, and the transport sees that it is the same. */
function viewOnce(node: NodeState, first: number, maxBytes: number): EntryBatch | undefined {
  const { sharedView } = node;
  if (sharedView && sharedView.first === first && sharedView.byteLength <= maxBytes) return sharedView;
  node.sharedView = node.source.view(first, maxBytes);
  return node.sharedView;
}

/** Entries that had to be read from disk are here. */
export function sendLoaded(node: NodeState, peer: Progress, first: number, batch: EntryBatch | undefined): void {
  if (peer.loadingFirst !== first) return;
  peer.loadingFirst = 0;
  node.appendsDue = true;
  if (!batch || peer.next !== first || peer.state !== 'replicate' || !peer.connected) return;
  if (sendAppend(node, peer, first, batch)) peer.sent(batch.last, batch.byteLength);
}

/** False if the entry before `first` is no longer known: the peer is behind the oldest kept entry. */
function sendAppend(node: NodeState, peer: Progress, first: number, entries: EntryBatch | undefined): boolean {
  const prevIndex = first - 1;
  const prevTerm = prevIndex + 1 < node.source.firstIndex ? undefined : node.runs.termAt(prevIndex);
  if (prevTerm === undefined) {
    peer.state = 'behind';
    return false;
  }
  const { id: from, term, commit } = node;
  node.sequence++;
  peer.sentCommit = Math.max(peer.sentCommit, commit);
  node.messages.push({
    type: 'append',
    from,
    to: peer.id,
    term,
    sequence: node.sequence,
    prevIndex,
    prevTerm,
    prevChainCrc: node.source.chainCrc(prevIndex),
    commit,
    syncFlush: node.config.syncFlush,
    entries,
  });
  return true;
}

export function stepAppendReply(node: NodeState, peer: Progress, reply: AppendReply): void {
  if (reply.rejected) {
    stepRejection(node, peer, reply);
    return;
  }
  if (reply.index > node.lastIndex) return; // Nobody can have more than this leader.
  if (reply.index <= peer.match && reply.syncedIndex <= peer.synced && peer.state === 'replicate') return;
  peer.match = Math.max(peer.match, reply.index);
  peer.synced = Math.max(peer.synced, Math.min(reply.syncedIndex, peer.match));
  if (peer.state === 'replicate') peer.acknowledged(peer.match);
  else peer.replicate();
  peer.next = Math.max(peer.next, peer.match + 1);
  if (peer.next <= node.lastIndex) node.appendsDue = true;
  progressTransfer(node, peer);
  advanceCommit(node);
}

function stepRejection(node: NodeState, peer: Progress, reply: AppendReply): void {
  const refused = reply.index;
  // A refusal of something that is known to match, or not of the current probe, is an old one.
  if (peer.state === 'probe' ? refused !== peer.next - 1 : refused <= peer.match) return;
  const agree = node.runs.lastAtMost(Math.min(reply.hintIndex, refused - 1), reply.hintTerm);
  peer.probeFrom(Math.max(peer.match, agree) + 1);
  node.appendsDue = true;
}

/**
 * With each heartbeat reply: a probe may have been lost, so it is repeated; in `replicate`, if something is under way and nothing
 * came back since the last heartbeat, an empty append asks whether the peer got it.
 */
export function checkInflight(node: NodeState, peer: Progress): void {
  if (peer.state === 'probe') {
    if (peer.paused) node.appendsDue = true;
    peer.paused = false;
  } else if (peer.state === 'replicate') {
    if (peer.match < peer.next - 1 && peer.match === peer.matchAtHeartbeat)
      sendAppend(node, peer, peer.next, undefined);
    peer.matchAtHeartbeat = peer.match;
  }
  progressTransfer(node, peer, true);
}

/**
 * Commits what a majority holds durably in the mode in force, but counts only entries of the current term (thesis 3.6.2); the first
 * commit of a doubt election counts what is fsynced by its voters.
 */
export function advanceCommit(node: NodeState): void {
  const { counts, durable, doubtPhase } = node;
  const sync = node.config.syncFlush || doubtPhase;
  let count = 0;
  if (node.countsSelf()) counts[count++] = sync ? durable.synced : durable.written;
  for (const peer of node.peerList) if (node.counted(peer)) counts[count++] = sync ? peer.synced : peer.match;
  const index = quorumValue(counts, count, node.members.majority);
  if (index <= node.commit || node.runs.termAt(index) !== node.term) return;
  node.commit = index;
  node.doubtPhase = false;
  endOwnDoubt(node);
  for (const peer of node.peerList) checkDoubt(node, peer);
}
