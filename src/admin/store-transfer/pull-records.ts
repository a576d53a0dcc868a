import { PullFlag, pullMessage } from '../../protocol/command/pull-message.ts';
import { decodeRecords, type StoredRecord } from '../../protocol/message/record-reader.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import { AdminError } from '../admin-error.ts';
import type { AdminSession } from '../admin-session.ts';

/** A group that every broker knows. */
const GROUP = 'TOOLS_CONSUMER';
/** Answers to a pull that gives no messages. */
const EMPTY_CODES = [ResponseCode.PULL_NOT_FOUND, ResponseCode.PULL_RETRY_IMMEDIATELY, ResponseCode.PULL_OFFSET_MOVED];

export interface PulledRecords {
  readonly code: number;
  readonly records: readonly StoredRecord[];
  /** The same as they came. */
  readonly bytes: Buffer;
  readonly nextOffset: number;
}

/** Messages of one queue of a broker from an offset on, whoever consumes them. Throws AdminError and ClientError. */
export async function pullRecords(
  admin: AdminSession,
  address: string,
  { topic, queueId }: { readonly topic: string; readonly queueId: number },
  queueOffset: number,
  maxMsgNums: number,
): Promise<PulledRecords> {
  const request = {
    ...{ consumerGroup: GROUP, topic, queueId, queueOffset, maxMsgNums },
    ...{ sysFlag: PullFlag.SUBSCRIPTION, subscription: '*', subVersion: 0, expressionType: 'TAG' },
    ...{ commitOffset: 0, suspendTimeoutMillis: 0 },
  };
  const { code, header, body } = await admin.accept(pullMessage, address, request, EMPTY_CODES);
  const records = code === ResponseCode.SUCCESS ? decodeRecords(body) : [];
  if (typeof records === 'string') throw new AdminError(`${topic} queue ${queueId} cannot be read: ${records}.`);
  return { code, records, bytes: body, nextOffset: header?.nextBeginOffset ?? queueOffset };
}
