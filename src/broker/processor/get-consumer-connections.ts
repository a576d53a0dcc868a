import { consumerConnection } from '../../protocol/body/consumer-connection.ts';
import { getConsumerConnections } from '../../protocol/command/get-consumer-connections.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import { connectionOf } from '../client-manager/client-channel.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** Who consumes in a group now, and what. */
export function getConsumerConnectionsProcessor({ consumers }: BrokerParts): RequestHandler {
  return typed(getConsumerConnections, (context, { consumerGroup }) => {
    const group = consumers.find(consumerGroup);
    if (group === undefined) {
      context.reply(ResponseCode.CONSUMER_NOT_ONLINE, `the consumer group[${consumerGroup}] not online`);
      return;
    }
    const { consumeType, messageModel, consumeFromWhere } = group;
    const body = consumerConnection.encode({
      connectionSet: group.clients().map(connectionOf),
      subscriptionTable: new Map(group.subscriptions().map((subscription) => [subscription.topic, subscription])),
      consumeType,
      messageModel,
      consumeFromWhere,
    });
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [body]);
  });
}
