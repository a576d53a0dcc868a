import { subscriptionGroupConfig } from '../../protocol/body/subscription-group-config.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import { groupNameProblem } from '../group/group-config.ts';
import type { BrokerParts } from '../parts.ts';
import { replyRefused, replyWhenCommitted } from './refusal.ts';

/** Creates or changes a subscription group; answered when the change is committed. */
export function updateGroupProcessor({ state, mastership, journal, platform }: BrokerParts): RequestHandler {
  return (context) => {
    const config = subscriptionGroupConfig.decode(context.command.body);
    if (config instanceof BodyError) {
      context.reply(ResponseCode.SYSTEM_ERROR, config.message);
      return;
    }
    const problem = groupNameProblem(config.groupName);
    if (problem !== undefined) {
      context.reply(ResponseCode.INVALID_PARAMETER, problem);
      return;
    }
    const dataVersion = state.groups.nextVersion(mastership.epoch, platform.clock.nowMs());
    const changes = [{ type: 'group-put', config, dataVersion }] as const;
    const refusal = journal.append(changes, replyWhenCommitted(context));
    if (refusal !== undefined) replyRefused(context, refusal);
  };
}
