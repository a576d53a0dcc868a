import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Sent by the broker, oneway: the members of a group changed, rebalance now. */
export const notifyConsumerIdsChanged = defineCommand({
  code: RequestCode.NOTIFY_CONSUMER_IDS_CHANGED,
  name: 'NOTIFY_CONSUMER_IDS_CHANGED',
  request: {
    consumerGroup: 'string',
  },
});

export type NotifyConsumerIdsChangedRequest = RequestOf<typeof notifyConsumerIdsChanged>;
