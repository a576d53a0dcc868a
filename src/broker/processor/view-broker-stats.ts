import { RequestCode } from '../../protocol/request-code.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import { defineCommand } from '../../protocol/schema.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { HOUR_MS, MINUTE_MS } from '../stats/broker-stats.ts';
import { typed } from './typed.ts';

const viewBrokerStats = defineCommand({
  code: RequestCode.VIEW_BROKER_STATS_DATA,
  name: 'VIEW_BROKER_STATS_DATA',
  request: { statsName: 'string', statsKey: 'string' },
});

/** Sums and rates of one key (statsAll). What is older than an hour is not kept: the day's figures are those of the hour. */
export function viewBrokerStatsProcessor({ stats }: BrokerParts): RequestHandler {
  return typed(viewBrokerStats, (context, { statsName, statsKey }) => {
    const minute = stats.window(statsName, statsKey, MINUTE_MS);
    const hour = stats.window(statsName, statsKey, HOUR_MS);
    if (minute === undefined || hour === undefined) {
      context.reply(ResponseCode.SYSTEM_ERROR, `The stats <${statsName}> <${statsKey}> not exist`);
      return;
    }
    const body = { statsDay: hour, statsHour: hour, statsMinute: minute };
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [Buffer.from(JSON.stringify(body))]);
  });
}
