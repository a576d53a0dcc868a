import { ResponseCode } from '../../protocol/codes.ts';
import type { RemotingCommand } from '../../protocol/remoting-command.ts';
import { formatQueue, type MessageQueue } from '../message-queue.ts';

/** SEND_OK: stored as safely as the broker is set to. The others are RocketMQ's: stored, but disk or slave did not confirm in time. */
export type SendStatus = 'SEND_OK' | 'FLUSH_DISK_TIMEOUT' | 'FLUSH_SLAVE_TIMEOUT' | 'SLAVE_NOT_AVAILABLE';

export interface SendResult {
  readonly status: SendStatus;
  /** UNIQ_KEY; of a batch, all of them joined by commas. */
  readonly messageId: string;
  /** Names the stored record; of a batch, all of them joined by commas. */
  readonly offsetMessageId: string;
  readonly queue: MessageQueue;
  /** Place in the queue; of a batch, that of its first message. */
  readonly queueOffset: number;
  readonly transactionId: string | undefined;
  readonly region: string;
  readonly traceOn: boolean;
  /** How many requests it took; 1 without a failure. */
  readonly attempts: number;
}

/** Reads the answer to a send whose code says that the message is stored. */
export function readSendResult(
  response: RemotingCommand,
  sent: { readonly messageId: string },
  queue: MessageQueue,
  attempts: number,
): SendResult {
  const fields = response.extFields;
  const queueId = Number(fields['queueId'] ?? queue.queueId);
  return {
    status: statusOf(response.code),
    messageId: sent.messageId,
    offsetMessageId: fields['msgId'] ?? '',
    queue: queueId === queue.queueId ? queue : { topic: queue.topic, brokerName: queue.brokerName, queueId },
    queueOffset: Number(fields['queueOffset'] ?? -1),
    transactionId: fields['transactionId'],
    region: fields['MSG_REGION'] ?? 'DefaultRegion',
    traceOn: fields['TRACE_ON'] !== 'false',
    attempts,
  };
}

function statusOf(code: number): SendStatus {
  switch (code) {
    case ResponseCode.FLUSH_DISK_TIMEOUT:
      return 'FLUSH_DISK_TIMEOUT';
    case ResponseCode.FLUSH_SLAVE_TIMEOUT:
      return 'FLUSH_SLAVE_TIMEOUT';
    case ResponseCode.SLAVE_NOT_AVAILABLE:
      return 'SLAVE_NOT_AVAILABLE';
    default:
      return 'SEND_OK';
  }
}

/** How RocketMQ 5.3 prints a result (SendResult.toString). */
export function formatSendResult(result: SendResult): string {
  const { status, messageId, offsetMessageId, queue, queueOffset } = result;
  const ids = `msgId=${messageId}, offsetMsgId=${offsetMessageId}`;
  return `SendResult [sendStatus=${status}, ${ids}, messageQueue=${formatQueue(queue)}, queueOffset=${queueOffset}, recallHandle=null]`;
}
