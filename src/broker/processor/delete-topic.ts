import { deleteTopicInBroker } from '../../protocol/command/delete-topic-in-broker.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import type { StateChange } from '../state/state-change.ts';
import { replyRefused, replyWhenCommitted } from './refusal.ts';
import { typed } from './typed.ts';

/**
 * Removes a topic with its queues and offsets, as one atomic unit; answered when it is committed. A topic that is not there is removed all the same: it may be there at a newer
 * master, or its removal may be on its way, and only a commit tells.
 */
export function deleteTopicProcessor({ state, mastership, journal, platform }: BrokerParts): RequestHandler {
  return typed(deleteTopicInBroker, (context, { topic }) => {
    if (topic.trim() === '') {
      context.reply(ResponseCode.SYSTEM_ERROR, 'The specified topic is blank.');
      return;
    }
    if (state.topics.isSystem(topic)) {
      context.reply(ResponseCode.NO_PERMISSION, `The topic[${topic}] is conflict with system topic.`);
      return;
    }
    const dataVersion = state.topics.nextVersion(mastership.epoch, platform.clock.nowMs());
    const changes: StateChange[] = [{ type: 'topic-delete', topic, dataVersion }];
    const entries = state.offsets.groupsOf(topic).map((group) => ({ group, topic }));
    if (entries.length > 0) changes.push({ type: 'offsets-delete', entries });
    const refusal = journal.append(changes, replyWhenCommitted(context));
    if (refusal !== undefined) replyRefused(context, refusal);
  });
}
