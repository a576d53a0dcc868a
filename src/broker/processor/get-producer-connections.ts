import { producerConnection } from '../../protocol/body/producer-connection.ts';
import { getProducerConnections } from '../../protocol/command/get-producer-connections.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import { connectionOf } from '../client-manager/client-channel.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** Who produces in a group now. */
export function getProducerConnectionsProcessor({ producers }: BrokerParts): RequestHandler {
  return typed(getProducerConnections, (context, { producerGroup }) => {
    const clients = producers.clientsOf(producerGroup);
    if (clients === undefined) {
      context.reply(ResponseCode.SYSTEM_ERROR, `the producer group[${producerGroup}] not exist`);
      return;
    }
    const body = producerConnection.encode({ connectionSet: clients.map(connectionOf) });
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [body]);
  });
}
