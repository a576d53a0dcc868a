import { defaulted, flag, list, object, optional, text, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

const connection = object({
  addr: text,
  slaveAckOffset: whole,
  diff: whole,
  inSync: flag,
  transferredByteInSecond: defaulted(whole, 0),
  transferFromWhere: defaulted(whole, 0),
});

const client = object({
  masterAddr: optional(text),
  transferredByteInSecond: defaulted(whole, 0),
  maxOffset: defaulted(whole, 0),
  lastReadTimestamp: defaulted(whole, 0),
  lastWriteTimestamp: defaulted(whole, 0),
  masterFlushOffset: defaulted(whole, 0),
});

/** How a broker's replication is doing: the answer to GET_BROKER_HA_STATUS. A master tells of its slaves, a slave of itself. */
export const haRuntimeInfo = defineBody(
  'HARuntimeInfo',
  object({
    master: flag,
    masterCommitLogMaxOffset: defaulted(whole, 0),
    inSyncSlaveNums: defaulted(whole, 0),
    haConnectionInfo: defaulted(list(connection), []),
    haClientRuntimeInfo: optional(client),
  }),
);

export type HaRuntimeInfo = BodyOf<typeof haRuntimeInfo>;
