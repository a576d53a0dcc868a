import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Reads the lag of every group of a broker. */
export const getBrokerConsumeStats = defineCommand({
  code: RequestCode.GET_BROKER_CONSUME_STATS,
  name: 'GET_BROKER_CONSUME_STATS',
  request: {
    isOrder: ['boolean', false],
  },
});

export type GetBrokerConsumeStatsRequest = RequestOf<typeof getBrokerConsumeStats>;
