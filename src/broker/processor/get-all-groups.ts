import { subscriptionGroupTable } from '../../protocol/body/subscription-group-config.ts';
import { getAllSubscriptionGroups } from '../../protocol/command/get-all-subscription-groups.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';

/** All subscription groups with their version. */
export function getAllGroupsProcessor({ state }: BrokerParts): RequestHandler {
  return (context) => {
    const groups = new Map(state.groups.all().map((config) => [config.groupName, config]));
    const body = subscriptionGroupTable.encode({
      subscriptionGroupTable: groups,
      forbiddenTable: state.groups.forbidden,
      dataVersion: state.groups.dataVersion,
    });
    const header = { totalGroupNum: groups.size };
    context.respond(getAllSubscriptionGroups, ResponseCode.SUCCESS, header, undefined, [body]);
  };
}
