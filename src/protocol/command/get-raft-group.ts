import { OwnRequestCode } from '../own-request-code.ts';
import { defineCommand } from '../schema.ts';

/** Asks a member of a group how the group is; answered with a `raftGroup` body. `fromLeader`: as its leader sees it, where the member knows one. */
export const getRaftGroup = defineCommand({
  code: OwnRequestCode.GET_RAFT_GROUP,
  name: 'LEDGERMQ_GET_RAFT_GROUP',
  request: {
    fromLeader: ['boolean', true],
  },
});
