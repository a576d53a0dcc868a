import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Sent by the broker: asks a producer for the fate of a half message. The body is the record. */
export const checkTransactionState = defineCommand({
  code: RequestCode.CHECK_TRANSACTION_STATE,
  name: 'CHECK_TRANSACTION_STATE',
  request: {
    topic: 'string?',
    tranStateTableOffset: 'long',
    commitLogOffset: 'long',
    msgId: 'string?',
    transactionId: 'string?',
    offsetMsgId: 'string?',
  },
});

export type CheckTransactionStateRequest = RequestOf<typeof checkTransactionState>;
