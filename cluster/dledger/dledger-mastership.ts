import type { Replica } from '../../raft/index.ts';
import type { Mastership } from '../../src/broker/mastership.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import type { Forwarder } from './forwarder.ts';

/** Leader = broker id 0; a follower has the number in its `dLegerSelfId` + 1, as in RocketMQ (DLedgerRoleChangeHandler). */
export function followerBrokerId(selfId: string): number {
  return Number.parseInt(selfId.slice(1), 10) + 1;
}

/** The Raft leader is the master, from the moment that its own first entry is committed and applied. */
export class DledgerMastership implements Mastership {
  readonly #followerId: number;
  /** Made after this, from parts that need it. */
  readonly #replica: () => Replica;
  readonly #forwarder: Forwarder;
  readonly #listeners: (() => void)[] = [];
  /** Term in which this node became a ready leader; 0 while it is none. */
  #servingTerm = 0;

  constructor(selfId: string, replica: () => Replica, forwarder: Forwarder) {
    this.#followerId = followerBrokerId(selfId);
    this.#replica = replica;
    this.#forwarder = forwarder;
  }

  get brokerId(): number {
    return this.serving ? 0 : this.#followerId;
  }

  /** The core may have stepped down in this turn, before the change was reported: both must hold. */
  get serving(): boolean {
    const replica = this.#replica();
    return this.#servingTerm > 0 && replica.isLeader && replica.term === this.#servingTerm;
  }

  readonly standsIn = false;

  get epoch(): number {
    return this.#replica().term;
  }

  forward(context: RequestContext): boolean {
    return this.#forwarder.forward(context);
  }

  confirm(done: (master: boolean) => void): void {
    this.#replica().readIndex((refusal) => done(refusal === undefined));
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Somebody leads in this term, this node or another. */
  leaderKnown(term: number): void {
    this.#forwarder.leaderKnown(term);
  }

  leaderReady(term: number): void {
    this.#servingTerm = term;
    this.#changed();
  }

  /** This node follows, or looks for a leader; also called when the leader it follows changes. */
  notLeader(): void {
    this.#servingTerm = 0;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
