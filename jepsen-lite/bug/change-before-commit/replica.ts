import type { MembersDone, MembersRequest } from '../../../raft/driver/member-changes.ts';
import { Replica as Real } from '../../../raft/driver/replica.ts';

export * from '../../../raft/driver/replica.ts';

/** Takes any leader for ready where members are concerned. */
export class Replica extends Real {
  override changeMembers(request: MembersRequest, done: MembersDone): void {
    const { core } = this as unknown as { readonly core: { leaderReady: boolean } };
    const { leaderReady } = core;
    core.leaderReady = this.isLeader;
    super.changeMembers(request, done);
    core.leaderReady = leaderReady;
  }
}
