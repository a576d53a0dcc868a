import { groupList } from '../../protocol/body/group-list.ts';
import { queryTopicConsumeByWho } from '../../protocol/command/query-topic-consume-by-who.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** Groups that consume a topic now, or have an offset in it. */
export function queryTopicConsumersProcessor({ consumers, state }: BrokerParts): RequestHandler {
  return typed(queryTopicConsumeByWho, (context, { topic }) => {
    const groups = new Set([...consumers.groupsOf(topic), ...state.offsets.groupsOf(topic)]);
    const body = groupList.encode({ groupList: [...groups] });
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [body]);
  });
}
