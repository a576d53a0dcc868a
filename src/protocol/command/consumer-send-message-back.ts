import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** A consumer hands a failed message back for a later try. `offset` is the position of the record in the log. */
export const consumerSendMessageBack = defineCommand({
  code: RequestCode.CONSUMER_SEND_MSG_BACK,
  name: 'CONSUMER_SEND_MSG_BACK',
  request: {
    offset: 'long',
    group: 'string',
    delayLevel: 'int',
    originMsgId: 'string?',
    originTopic: 'string?',
    unitMode: ['boolean', false],
    maxReconsumeTimes: 'int?',
  },
});

export type ConsumerSendMessageBackRequest = RequestOf<typeof consumerSendMessageBack>;
