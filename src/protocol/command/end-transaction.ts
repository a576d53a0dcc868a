import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Commits (8), rolls back (12) or leaves open (0) a half message. */
export const endTransaction = defineCommand({
  code: RequestCode.END_TRANSACTION,
  name: 'END_TRANSACTION',
  request: {
    topic: 'string?',
    producerGroup: 'string',
    tranStateTableOffset: 'long',
    commitLogOffset: 'long',
    commitOrRollback: 'int',
    fromTransactionCheck: ['boolean', false],
    msgId: 'string',
    transactionId: 'string?',
  },
});

export type EndTransactionRequest = RequestOf<typeof endTransaction>;
