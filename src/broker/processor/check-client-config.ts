import { subscriptionData } from '../../protocol/body/subscription-data.ts';
import { object, optional } from '../../protocol/body-codec.ts';
import { BodyError } from '../../protocol/body-error.ts';
import { defineBody } from '../../protocol/define-body.ts';
import { EXPRESSION_TAG } from '../../protocol/message/tags.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';

const checkClientRequest = defineBody(
  'CheckClientRequestBody',
  object({ subscriptionData: optional(subscriptionData) }),
);

/** A starting consumer asks whether its subscription can be served: only tags can. */
export function checkClientConfigProcessor(): RequestHandler {
  return (context) => {
    const body = checkClientRequest.decode(context.command.body);
    if (body instanceof BodyError) {
      context.reply(ResponseCode.SYSTEM_ERROR, body.message);
      return;
    }
    const type = body.subscriptionData?.expressionType ?? EXPRESSION_TAG;
    if (type === EXPRESSION_TAG) context.reply(ResponseCode.SUCCESS);
    else context.reply(ResponseCode.SYSTEM_ERROR, `The broker does not support consumer to filter message by ${type}`);
  };
}
