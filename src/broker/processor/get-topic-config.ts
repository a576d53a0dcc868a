import { topicConfig } from '../../protocol/body/topic-config.ts';
import { getTopicConfig } from '../../protocol/command/get-topic-config.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** Settings of one topic. */
export function getTopicConfigProcessor({ state }: BrokerParts): RequestHandler {
  return typed(getTopicConfig, (context, { topic }) => {
    const config = state.topics.get(topic);
    if (config === undefined) context.reply(ResponseCode.TOPIC_NOT_EXIST, `No topic in this broker. topic: ${topic}`);
    else context.reply(ResponseCode.SUCCESS, undefined, undefined, [topicConfig.encode(config)]);
  });
}
