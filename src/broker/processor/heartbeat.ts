import { type ConsumerData, heartbeatData } from '../../protocol/body/heartbeat-data.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { heartBeat } from '../../protocol/command/heart-beat.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext, RequestHandler } from '../../remoting/request-context.ts';
import type { ClientChannel } from '../client-manager/client-channel.ts';
import { ensureRetryTopic } from '../group/ensure-retry-topic.ts';
import type { BrokerParts } from '../parts.ts';

/**
 * Notes who is connected and what they do (ClientManageProcessor.java). Served by every node; the group and retry topic that it creates are
 * created on the master alone: consumers send their heartbeats to every broker of a group.
 */
export function heartbeatProcessor(parts: BrokerParts): RequestHandler {
  return (context) => {
    const body = heartbeatData.decode(context.command.body);
    if (body instanceof BodyError) {
      context.reply(ResponseCode.SYSTEM_ERROR, body.message);
      return;
    }
    const client = channelOf(parts, context, body.clientID);
    for (const { groupName } of body.producerDataSet) parts.producers.register(groupName, client);
    for (const consumer of body.consumerDataSet) noteConsumer(parts, client, consumer, body.withoutSub);
    // Without the second form every heartbeat carries all subscriptions; who left them out is asked to send them.
    context.respond(heartBeat, ResponseCode.SUCCESS, { supportHeartBeatV2: 'false', subscriptionChanged: 'true' });
  };
}

function channelOf(parts: BrokerParts, { command, connection }: RequestContext, clientId: string): ClientChannel {
  const lastUpdateMs = parts.platform.clock.monotonicMs();
  return { connection, clientId, language: command.language, version: command.version, lastUpdateMs };
}

function noteConsumer(parts: BrokerParts, client: ClientChannel, consumer: ConsumerData, withoutSub: boolean): void {
  ensureRetryTopic(parts, consumer.groupName);
  const { consumeType, messageModel, consumeFromWhere, subscriptionDataSet } = consumer;
  parts.consumers.heartbeat(consumer.groupName, client, {
    consumeType,
    messageModel,
    consumeFromWhere,
    subscriptions: withoutSub ? (parts.consumers.find(consumer.groupName)?.subscriptions() ?? []) : subscriptionDataSet,
  });
}
