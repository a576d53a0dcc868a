import type { NodeId, PeerHello, VoteReply } from './types.ts';

/** How a leader sends to a peer (README, "Progress"). */
export type ProgressState = 'probe' | 'replicate' | 'behind';

/** What this node knows of one peer: its hello (any role), and how far its log is known to match (leader only). */
export class Progress {
  readonly id: NodeId;

  // From the hello.
  connected = false;
  incarnation = 0;
  /** The peer may lack entries that it acknowledged: it counts for nothing. */
  inDoubt = false;
  fresh = false;
  /** As its last heartbeat reply said: it should not lead. */
  unwell = false;
  helloLastIndex = 0;
  helloLastTerm = 0;

  // Replication.
  state: ProgressState = 'probe';
  /** Last index known to be written on the peer and equal to ours. */
  match = 0;
  /** Last index known to be fsynced there. */
  synced = 0;
  /** Next index to send. */
  next = 1;
  /** Probe: one is on its way. */
  paused = false;
  /** First index of a read from disk that is on its way; 0 if none is. */
  loadingFirst = 0;
  /** Replies with lower numbers were sent before the last hello. */
  resetSequence = 0;
  resetRound = 0;
  /** Tick at which the peer was last heard. */
  heardAt = 0;
  confirmedRound = 0;
  sentCommit = 0;
  matchAtHeartbeat = 0;

  // Doubt (safety rule 2).
  /** Its doubt ends with an entry from here on. */
  doubtBarrier = 0;
  /** The peer itself still says that it is in doubt: tell it again, and do not count it before. */
  saysDoubt = false;
  /** Voted in the doubt election of this leadership, and has not restarted since. */
  participant = false;

  private inflightLast: number[] = [];
  private inflightSize: number[] = [];
  private inflightHead = 0;
  inflightBytes = 0;

  constructor(id: NodeId) {
    this.id = id;
  }

  greet(hello: PeerHello): void {
    this.connected = true;
    this.incarnation = hello.incarnation;
    this.inDoubt = hello.inDoubt;
    this.saysDoubt = hello.inDoubt;
    this.fresh = hello.fresh;
    this.helloLastIndex = hello.lastIndex;
    this.helloLastTerm = hello.lastTerm;
    this.participant = false;
    this.unwell = false;
  }

  /** Found whole, and says so itself. */
  get isWhole(): boolean {
    return !this.inDoubt && !this.saysDoubt;
  }

  /** It says of itself that its doubt is over: whichever leader ended it, it was made whole. */
  outOfDoubt(): void {
    this.inDoubt = false;
    this.saysDoubt = false;
    this.fresh = false;
  }

  /** Marks only ever end while a process lives. */
  voted(reply: VoteReply): void {
    if (!reply.inDoubt) this.outOfDoubt();
    if (!reply.fresh) this.fresh = false;
  }

  /** Forgets all that was known of the peer's log; replies to what was sent before `sequence` and `round` no longer count. */
  reset(next: number, sequence: number, round: number): void {
    this.match = 0;
    this.synced = 0;
    this.matchAtHeartbeat = 0;
    this.sentCommit = 0;
    this.confirmedRound = 0;
    this.resetSequence = sequence;
    this.resetRound = round;
    this.loadingFirst = 0;
    this.probeFrom(next);
  }

  probeFrom(next: number): void {
    this.state = 'probe';
    this.paused = false;
    this.next = next;
    this.loadingFirst = 0;
    this.clearInflight();
  }

  replicate(): void {
    this.state = 'replicate';
    this.paused = false;
    this.clearInflight();
  }

  get inflightCount(): number {
    return this.inflightLast.length - this.inflightHead;
  }

  /** An append up to `last` left. */
  sent(last: number, bytes: number): void {
    this.inflightLast.push(last);
    this.inflightSize.push(bytes);
    this.inflightBytes += bytes;
    this.next = last + 1;
  }

  /** The peer has everything up to `index`: frees the window. */
  acknowledged(index: number): void {
    let head = this.inflightHead;
    while (head < this.inflightLast.length && (this.inflightLast[head] as number) <= index) {
      this.inflightBytes -= this.inflightSize[head] as number;
      head++;
    }
    this.inflightHead = head;
    if (head === this.inflightLast.length) {
      this.clearInflight();
    } else if (head > 64) {
      this.inflightLast.splice(0, head);
      this.inflightSize.splice(0, head);
      this.inflightHead = 0;
    }
  }

  private clearInflight(): void {
    this.inflightLast.length = 0;
    this.inflightSize.length = 0;
    this.inflightHead = 0;
    this.inflightBytes = 0;
  }
}
