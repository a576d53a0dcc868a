import { subscriptionGroupConfig } from '../../protocol/body/subscription-group-config.ts';
import { getSubscriptionGroupConfig } from '../../protocol/command/get-subscription-group-config.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** Settings of one subscription group. */
export function getGroupConfigProcessor({ state }: BrokerParts): RequestHandler {
  return typed(getSubscriptionGroupConfig, (context, { group }) => {
    const config = state.groups.get(group);
    if (config === undefined) {
      context.reply(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, `No group in this broker. group: ${group}`);
    } else {
      context.reply(ResponseCode.SUCCESS, undefined, undefined, [subscriptionGroupConfig.encode(config)]);
    }
  });
}
