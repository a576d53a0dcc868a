import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** An orderly consumer gives queue locks back. The body is a LockBatchRequestBody. */
export const unlockBatchMq = defineCommand({
  code: RequestCode.UNLOCK_BATCH_MQ,
  name: 'UNLOCK_BATCH_MQ',
});
