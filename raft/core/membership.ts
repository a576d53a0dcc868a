import type { NodeId } from './types.ts';

/**
 * Who belongs to the group. Everything that counts or addresses members asks here, so that learners and changes of the set need no
 * change elsewhere. Today: a fixed set of voters.
 */
export class Membership {
  readonly self: NodeId;
  readonly voters: readonly NodeId[];
  /** All members but this one, in a fixed order. */
  readonly others: readonly NodeId[];

  constructor(self: NodeId, voters: readonly NodeId[]) {
    this.self = self;
    this.voters = [...new Set(voters)].sort();
    this.others = this.voters.filter((id) => id !== self);
  }

  /** Number of voters that decides: more than half of all. */
  get majority(): number {
    return Math.floor(this.voters.length / 2) + 1;
  }

  get isSelfVoter(): boolean {
    return this.voters.includes(this.self);
  }

  isVoter(id: NodeId): boolean {
    return this.voters.includes(id);
  }
}
