import { Membership as Real } from '../../../raft/core/membership.ts';

export { majorityOf } from '../../../raft/core/membership.ts';

export class Membership extends Real {
  override get majority(): number {
    return super.majority - 1;
  }
}
