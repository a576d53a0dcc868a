import { consumerList } from '../../protocol/body/consumer-list.ts';
import { getConsumerListByGroup } from '../../protocol/command/get-consumer-list-by-group.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** Client ids of a group, for rebalancing. */
export function getConsumerListProcessor({ consumers }: BrokerParts): RequestHandler {
  return typed(getConsumerListByGroup, (context, { consumerGroup }) => {
    const group = consumers.find(consumerGroup);
    if (group === undefined) {
      context.reply(ResponseCode.SYSTEM_ERROR, `no consumer for this group, ${consumerGroup}`);
      return;
    }
    const body = consumerList.encode({ consumerIdList: group.clientIds() });
    context.reply(ResponseCode.SUCCESS, undefined, {}, [body]);
  });
}
