import { FieldError } from '../../protocol/field-error.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { CommandDefinition } from '../../protocol/schema.ts';
import type { RequestContext, RequestHandler } from '../../remoting/request-context.ts';

/** A handler of a typed request header: a header that cannot be read is answered with the name of the bad field. */
export function typed<Request extends object>(
  definition: CommandDefinition<Request, object>,
  handle: (context: RequestContext, request: Request) => void,
): RequestHandler {
  return (context) => {
    const request = definition.decodeRequest(context.command.extFields);
    if (request instanceof FieldError) context.reply(ResponseCode.SYSTEM_ERROR, request.message);
    else handle(context, request);
  };
}
