import { RequestCode } from '../request-code.ts';
import { defineCommand } from '../schema.ts';

/** Reads how far each delay level is delivered. The answer's body is a DelayOffsetTable. */
export const getAllDelayOffset = defineCommand({
  code: RequestCode.GET_ALL_DELAY_OFFSET,
  name: 'GET_ALL_DELAY_OFFSET',
});
