import { OwnRequestCode } from '../own-request-code.ts';
import { defineCommand } from '../schema.ts';

/** Tells one member of a group without a leader that a voter is lost for good, with what it alone held (raft/SAFETY.md 2). */
export const giveUpMember = defineCommand({
  code: OwnRequestCode.GIVE_UP_MEMBER,
  name: 'LEDGERMQ_GIVE_UP_MEMBER',
  request: {
    memberId: 'string',
  },
});
