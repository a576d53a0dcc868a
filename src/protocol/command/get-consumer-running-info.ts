import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Asks one consumer, through its broker, for its state. */
export const getConsumerRunningInfo = defineCommand({
  code: RequestCode.GET_CONSUMER_RUNNING_INFO,
  name: 'GET_CONSUMER_RUNNING_INFO',
  request: {
    consumerGroup: 'string',
    clientId: 'string',
    jstackEnable: ['boolean', false],
  },
});

export type GetConsumerRunningInfoRequest = RequestOf<typeof getConsumerRunningInfo>;
