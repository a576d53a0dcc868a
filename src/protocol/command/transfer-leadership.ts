import { OwnRequestCode } from '../own-request-code.ts';
import { defineCommand } from '../schema.ts';

/** Asks the leader of a group to hand over to a member; answered when that leads, or with the reason why it does not. */
export const transferLeadership = defineCommand({
  code: OwnRequestCode.TRANSFER_LEADERSHIP,
  name: 'LEDGERMQ_TRANSFER_LEADERSHIP',
  request: {
    memberId: 'string',
  },
});
