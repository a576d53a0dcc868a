import { RequestCode } from '../request-code.ts';
import { defineCommand, type ResponseOf } from '../schema.ts';

/** A client names itself, its producers and its subscriptions. The body is HeartbeatData. */
export const heartBeat = defineCommand({
  code: RequestCode.HEART_BEAT,
  name: 'HEART_BEAT',
  response: {
    supportHeartBeatV2: 'string?',
    subscriptionChanged: 'string?',
  },
  responseKeys: { supportHeartBeatV2: 'IS_SUPPORT_HEART_BEAT_V2', subscriptionChanged: 'IS_SUB_CHANGE' },
});

export type HeartBeatResponse = ResponseOf<typeof heartBeat>;
