import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestHandler } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';
import { configContent } from '../state/config-files.ts';

/** How far each delay level is delivered, as `delayOffset.json` says it: RocketMQ's slaves ask for it. */
export function getAllDelayOffsetsProcessor({ state }: BrokerParts): RequestHandler {
  return (context) => {
    const body = Buffer.from(JSON.stringify(configContent('delayOffset', state)));
    context.reply(ResponseCode.SUCCESS, undefined, undefined, [body]);
  };
}
