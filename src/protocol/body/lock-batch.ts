import { defaulted, flag, list, object, text } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { messageQueue } from './message-queue.ts';

/** Which queues a consumer wants to lock or unlock: the body of LOCK_BATCH_MQ and UNLOCK_BATCH_MQ. */
export const lockBatchRequest = defineBody(
  'LockBatchRequestBody',
  object({
    consumerGroup: text,
    clientId: text,
    onlyThisBroker: defaulted(flag, false),
    mqSet: defaulted(list(messageQueue), []),
  }),
);

export type LockBatchRequest = BodyOf<typeof lockBatchRequest>;

/** Which of them the consumer holds now: the answer to LOCK_BATCH_MQ. */
export const lockBatchResponse = defineBody(
  'LockBatchResponseBody',
  object({ lockOKMQSet: defaulted(list(messageQueue), []) }),
);

export type LockBatchResponse = BodyOf<typeof lockBatchResponse>;
