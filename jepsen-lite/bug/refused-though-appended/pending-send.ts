import { PendingSends as Real } from '../../../src/broker/send/pending-send.ts';
import { ResponseCode } from '../../../src/protocol/response-code.ts';
import type { RequestContext } from '../../../src/remoting/request-context.ts';

export { SendAnswers } from '../../../src/broker/send/pending-send.ts';

type PendingSend = ReturnType<Real['take']>;

export class PendingSends extends Real {
  override take(waits: boolean): PendingSend {
    const pending = super.take(waits);
    const { appended } = Object.getPrototypeOf(pending) as PendingSend;
    pending.appended = (context, ...rest) => appended.call(pending, surer(context), ...rest);
    return pending;
  }
}

/** A context whose bad answers are all of code 14. */
function surer(context: RequestContext): RequestContext {
  return new Proxy(context, {
    get(target, key) {
      if (key === 'reply')
        return (_code: number, remark?: string) => target.reply(ResponseCode.SERVICE_NOT_AVAILABLE, remark);
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
