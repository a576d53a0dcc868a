import { topicConfigTable } from '../../protocol/body/topic-config.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';

/** All topics of this broker with their version. */
export function getAllTopicsProcessor({ state }: BrokerParts): RequestHandler {
  return (context) => {
    const topics = new Map(state.topics.all().map((config) => [config.topicName, config]));
    const body = topicConfigTable.encode({ topicConfigTable: topics, dataVersion: state.topics.dataVersion });
    context.reply(ResponseCode.SUCCESS, undefined, { totalTopicNum: String(topics.size) }, [body]);
  };
}
