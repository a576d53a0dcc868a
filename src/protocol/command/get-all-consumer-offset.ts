import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Reads the whole offset table. The answer's body is a ConsumerOffsetTable. */
export const getAllConsumerOffset = defineCommand({
  code: RequestCode.GET_ALL_CONSUMER_OFFSET,
  name: 'GET_ALL_CONSUMER_OFFSET',
});
