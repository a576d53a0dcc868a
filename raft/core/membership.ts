import { assert } from './assert.ts';
import type { MemberSet, MembersAt, NodeId } from './types.ts';

/**
 * Who belongs to the group. Everything that counts or addresses members asks here. A set holds from the moment at which its entry is in
 * the log (thesis 4.1), and no longer when that entry is cut, so the sets of uncommitted entries are kept with their predecessor.
 */
export class Membership {
  readonly self: NodeId;
  private readonly history: MembersAt[] = [];
  private voterList: readonly NodeId[] = [];
  private learnerList: readonly NodeId[] = [];
  private otherList: readonly NodeId[] = [];
  private otherVoterList: readonly NodeId[] = [];
  /** Counts the changes of the set in force. */
  version = 0;

  /** `initial` holds while the log says nothing; `known` are the sets of entries in the log, oldest first. */
  constructor(self: NodeId, initial: MemberSet, known: readonly MembersAt[]) {
    this.self = self;
    this.history.push({ ...initial, index: 0 }, ...known);
    this.enforce();
  }

  get voters(): readonly NodeId[] {
    return this.voterList;
  }

  get learners(): readonly NodeId[] {
    return this.learnerList;
  }

  /** All members but this one, in a fixed order. */
  get others(): readonly NodeId[] {
    return this.otherList;
  }

  get otherVoters(): readonly NodeId[] {
    return this.otherVoterList;
  }

  /** Entry of the set in force; 0 for the initial one. */
  get changedAt(): number {
    return this.latest.index;
  }

  /** Number of voters that decides: more than half of all. */
  get majority(): number {
    return majorityOf(this.voterList.length);
  }

  get isSelfVoter(): boolean {
    return this.voterList.includes(this.self);
  }

  /**
   * May this node be elected? Also while the set without it is not known to be committed: it may hold the only copy of that entry, and then nobody
   * else can win (thesis 4.2.2, figure 4.6).
   */
  get mayStand(): boolean {
    return this.history.some(({ voters }) => voters.includes(this.self));
  }

  isVoter(id: NodeId): boolean {
    return this.voterList.includes(id);
  }

  isLearner(id: NodeId): boolean {
    return this.learnerList.includes(id);
  }

  has(id: NodeId): boolean {
    return this.isVoter(id) || this.isLearner(id);
  }

  /** Entry `index` is in the log now. */
  append(set: MembersAt): void {
    assert(set.index > this.changedAt, 'sets of members rise along the log');
    this.history.push(set);
    this.enforce();
  }

  /** Entry `from` and all behind it are gone. */
  truncate(from: number): void {
    if (this.changedAt < from) return;
    while (this.history.length > 1 && this.changedAt >= from) this.history.pop();
    this.enforce();
  }

  /** Entries up to `index` are committed: what they replaced never comes back. */
  committed(index: number): void {
    while ((this.history[1]?.index ?? Number.POSITIVE_INFINITY) <= index) this.history.shift();
  }

  private get latest(): MembersAt {
    return this.history.at(-1) as MembersAt;
  }

  private enforce(): void {
    const { voters, learners } = this.latest;
    this.voterList = [...new Set(voters)].sort();
    this.learnerList = [...new Set(learners)].filter((id) => !voters.includes(id)).sort();
    this.otherVoterList = this.voterList.filter((id) => id !== this.self);
    this.otherList = [...this.otherVoterList, ...this.learnerList.filter((id) => id !== this.self)];
    this.version++;
  }
}

/** How many of so many voters decide. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}
