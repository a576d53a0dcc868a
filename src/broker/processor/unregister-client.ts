import { unregisterClient } from '../../protocol/command/unregister-client.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** A client leaves its groups. */
export function unregisterClientProcessor({ producers, consumers }: BrokerParts): RequestHandler {
  return typed(unregisterClient, (context, { producerGroup, consumerGroup }) => {
    const { id } = context.connection;
    if (producerGroup !== undefined && producerGroup !== '') producers.unregister(producerGroup, id);
    if (consumerGroup !== undefined && consumerGroup !== '') consumers.unregister(consumerGroup, id);
    context.reply(ResponseCode.SUCCESS, undefined, {});
  });
}
