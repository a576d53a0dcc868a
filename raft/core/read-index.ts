import type { NodeState } from './node-state.ts';

interface ReadGroup {
  readonly upTo: number;
  readonly index: number;
  readonly round: number;
}

/** Reads that wait until this leader has proved that it still leads (thesis 6.4). One heartbeat round serves all that wait for it. */
export class ReadQueue {
  private lastId = 0;
  private groups: ReadGroup[] = [];
  releasedUpTo = 0;
  releasedIndex = 0;

  nextId(): number {
    return ++this.lastId;
  }

  /** All reads asked so far are proved by `round`, and may see the state at `index`. */
  seal(round: number, index: number): void {
    this.groups.push({ upTo: this.lastId, index, round });
  }

  oldestRound(): number | undefined {
    return this.groups[0]?.round;
  }

  release(): void {
    const group = this.groups.shift();
    if (!group) return;
    this.releasedUpTo = group.upTo;
    this.releasedIndex = group.index;
  }

  clearReleased(): void {
    this.releasedUpTo = 0;
    this.releasedIndex = 0;
  }

  /** The leadership ended: none of them will be answered. */
  drop(): void {
    this.groups = [];
    this.clearReleased();
  }
}

/** Enters a read; the next Ready starts its round. The caller has checked that an entry of this term is committed. */
export function requestRead(node: NodeState): number {
  node.newReads++;
  return node.reads.nextId();
}

/** Releases the reads whose round a majority has confirmed. Members in doubt may have forgotten a newer term: they confirm nothing. */
export function confirmReads(node: NodeState): void {
  for (let round = node.reads.oldestRound(); round !== undefined; round = node.reads.oldestRound()) {
    let confirmed = node.countsSelf() ? 1 : 0;
    for (const peer of node.peerList) if (node.counted(peer) && peer.confirmedRound >= round) confirmed++;
    if (confirmed < node.members.majority) return;
    node.reads.release();
  }
}
