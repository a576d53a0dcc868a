/** Requests that only LedgerMQ has. RocketMQ's codes lie below 400,000; those of stock DLedger at 50,000. */
export const OwnRequestCode = {
  GET_RAFT_GROUP: 770_001,
  TRANSFER_LEADERSHIP: 770_002,
  CHANGE_MEMBERS: 770_003,
  GIVE_UP_MEMBER: 770_004,
} as const;
