import type { NodeState } from './node-state.ts';
import { peerStatus } from './peer-status.ts';
import type { Progress } from './progress.ts';
import { takeoverProblem } from './takeover-problem.ts';
import type { NodeId } from './types.ts';

/** A running leadership transfer (thesis 3.10). */
export interface TransferState {
  readonly to: NodeId;
  readonly deadline: number;
  /** The target has everything and was told to campaign. */
  sent: boolean;
}

/** Starts a transfer; proposals are refused until it ends, at the latest after one election timeout. A string says why not. */
export function startTransfer(node: NodeState, to: NodeId): string | undefined {
  if (node.role !== 'leader') return 'not the leader';
  if (node.transfer) return `a transfer to ${node.transfer.to} is running`;
  const peer = node.peers.get(to);
  if (to === node.id) return 'already the leader';
  if (!peer || !node.members.has(to)) return `${to} is not a member`;
  const problem = takeoverProblem(peerStatus(node, peer));
  if (problem !== undefined) return problem;
  node.transfer = { to, deadline: node.now + node.config.electionTicks, sent: false };
  progressTransfer(node, peer);
  return undefined;
}

/** The target may have caught up; with `repeat` it is told again, in case the message was lost. */
export function progressTransfer(node: NodeState, peer: Progress, repeat = false): void {
  const { transfer } = node;
  if (!transfer || transfer.to !== peer.id || peer.match < node.lastIndex) return;
  if (transfer.sent && !repeat) return;
  transfer.sent = true;
  node.messages.push({ type: 'timeout-now', from: node.id, to: peer.id, term: node.term });
}

export function tickTransfer(node: NodeState): void {
  if (node.transfer && node.now >= node.transfer.deadline) {
    endTransfer(node, false, `${node.transfer.to} did not take over in time`);
  }
}

export function transferPeerLost(node: NodeState, id: NodeId): void {
  if (node.transfer?.to === id && node.role === 'leader') endTransfer(node, false, `the connection to ${id} closed`);
}

/** A leader is known: the transfer has its outcome, whoever it is. */
export function transferLeaderKnown(node: NodeState, leader: NodeId): void {
  if (node.transfer && leader !== node.id) endTransfer(node, leader === node.transfer.to, `${leader} leads`);
}

function endTransfer(node: NodeState, ok: boolean, reason: string): void {
  if (!node.transfer) return;
  node.transferEnded = { to: node.transfer.to, ok, reason };
  node.transfer = undefined;
}
