import type { Clock, Logger } from '../platform/ports.ts';
import { FieldError } from '../protocol/field-error.ts';
import { requestName } from '../protocol/request-code.ts';
import { ResponseCode } from '../protocol/response-code.ts';
import type { CommandDefinition } from '../protocol/schema.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { LogThrottle } from './log-throttle.ts';
import type { RequestContext, RequestHandler } from './request-context.ts';

/** Finds the handler of a request by its code. One dispatcher may serve any number of servers and clients. */
export class Dispatcher {
  readonly #handlers = new Map<number, RequestHandler>();
  readonly #log: LogThrottle;

  constructor(platform: { readonly logger: Logger; readonly clock: Clock }) {
    this.#log = new LogThrottle(platform.logger, platform.clock);
  }

  /** Gives a code its handler, replacing an earlier one. */
  register(code: number, handler: RequestHandler): void {
    this.#handlers.set(code, handler);
  }

  /** The same for a typed request header: one that cannot be read is answered with code 1 and the name of the bad field. */
  registerTyped<Request extends object>(
    definition: CommandDefinition<Request, object>,
    handler: (context: RequestContext, request: Request) => void,
  ): void {
    this.register(definition.code, (context) => {
      const request = definition.decodeRequest(context.command.extFields);
      if (request instanceof FieldError) context.reply(ResponseCode.SYSTEM_ERROR, request.message);
      else handler(context, request);
    });
  }

  /** Lets the handler answer; never throws. */
  dispatch(request: IncomingRequest): void {
    const { code } = request.command;
    const handler = this.#handlers.get(code);
    if (handler === undefined) {
      request.reply(ResponseCode.REQUEST_CODE_NOT_SUPPORTED, ` request type ${code} not supported`);
      return;
    }
    try {
      handler(request);
    } catch (error) {
      this.#failed(request, error);
    }
  }

  #failed(request: IncomingRequest, error: unknown): void {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    const command = requestName(request.command.code);
    const fields = { command, remote: request.connection.remoteAddress, error: message, stack };
    this.#log.error('A request handler failed', fields);
    if (!request.answered) {
      request.reply(ResponseCode.SYSTEM_ERROR, `${command} failed inside the server: ${name}: ${message}`);
    }
  }
}
