import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** An orderly consumer locks queues. The body is a LockBatchRequestBody, that of the answer a LockBatchResponseBody. */
export const lockBatchMq = defineCommand({
  code: RequestCode.LOCK_BATCH_MQ,
  name: 'LOCK_BATCH_MQ',
});
