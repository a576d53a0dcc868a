import { viewMessageById } from '../../protocol/command/view-message-by-id.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { typed } from './typed.ts';

/** One record by its position in the log. */
export function viewMessageProcessor({ store }: BrokerParts): RequestHandler {
  return typed(viewMessageById, (context, { offset }) => {
    store.lookup(offset, (record) => {
      if (record !== undefined) context.reply(ResponseCode.SUCCESS, undefined, undefined, [record]);
      else context.reply(ResponseCode.SYSTEM_ERROR, `can not find message by the offset, ${offset}`);
    });
  });
}
