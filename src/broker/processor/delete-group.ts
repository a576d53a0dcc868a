import { deleteSubscriptionGroup } from '../../protocol/command/delete-subscription-group.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import type { StateChange } from '../state/state-change.ts';
import { replyRefused, replyWhenCommitted } from './refusal.ts';
import { typed } from './typed.ts';

/** Removes a group, with its offsets if asked to; answered when it is committed. One that is not there is removed all the same, as with topics. */
export function deleteGroupProcessor({ state, mastership, journal, platform }: BrokerParts): RequestHandler {
  return typed(deleteSubscriptionGroup, (context, { groupName, cleanOffset }) => {
    const entries = cleanOffset ? state.offsets.topicsOf(groupName).map((topic) => ({ group: groupName, topic })) : [];
    const dataVersion = state.groups.nextVersion(mastership.epoch, platform.clock.nowMs());
    const changes: StateChange[] = [{ type: 'group-delete', group: groupName, dataVersion }];
    if (entries.length > 0) changes.push({ type: 'offsets-delete', entries });
    const refusal = journal.append(changes, replyWhenCommitted(context));
    if (refusal !== undefined) replyRefused(context, refusal);
  });
}
