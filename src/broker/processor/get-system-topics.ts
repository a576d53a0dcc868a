import { topicList } from '../../protocol/body/topic-list.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';

/** Names of the topics that every broker has. */
export function getSystemTopicsProcessor({ state }: BrokerParts): RequestHandler {
  return (context) => {
    const body = topicList.encode({ topicList: state.topics.systemNames() });
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [body]);
  };
}
