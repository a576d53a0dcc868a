import { consumerOffsetTable } from '../../protocol/body/consumer-offset-table.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';

/** All committed consumer offsets. */
export function getAllConsumerOffsetsProcessor({ state }: BrokerParts): RequestHandler {
  return (context) => {
    const offsetTable = new Map<string, Map<number, number>>();
    for (const [key, offsets] of state.offsets.committedEntries()) {
      const queues = new Map<number, number>();
      offsets.forEach((offset, queueId) => {
        if (offset !== undefined) queues.set(queueId, offset);
      });
      offsetTable.set(key, queues);
    }
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [consumerOffsetTable.encode({ offsetTable })]);
  };
}
