import { OwnRequestCode } from '../own-request-code.ts';
import { defineCommand } from '../schema.ts';

/** How a group's members may change; `replace` promotes `by`, then removes `memberId`. */
export const memberChangeKinds = ['add-learner', 'promote', 'remove', 'replace'] as const;

/** Asks the leader of a group to change who belongs to it; answered when that is committed. `address`: `host:port` of a new member's peer port. */
export const changeMembers = defineCommand({
  code: OwnRequestCode.CHANGE_MEMBERS,
  name: 'LEDGERMQ_CHANGE_MEMBERS',
  request: {
    kind: 'string',
    memberId: 'string',
    address: 'string?',
    by: 'string?',
  },
});
