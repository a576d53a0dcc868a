import { ResponseCode } from '../../../src/protocol/response-code.ts';
import type { RequestContext } from '../../../src/remoting/request-context.ts';
import type { NotAgreed } from '../agreement.ts';

const ANSWERS: Readonly<Record<NotAgreed, readonly [ResponseCode, string]>> = {
  'not-leader': [
    ResponseCode.CONTROLLER_NOT_LEADER,
    'this controller does not lead its group; ask any of them for the leader',
  ],
  'disk-full': [ResponseCode.SYSTEM_ERROR, 'the disk of the leading controller is full; nothing was changed'],
  unknown: [
    ResponseCode.SYSTEM_ERROR,
    'this controller lost its leadership meanwhile: nobody knows whether the change took effect; ask again',
  ],
};

/** Answers a request that came to no decision. */
export function replyNotAgreed(context: RequestContext, why: NotAgreed): void {
  context.reply(...ANSWERS[why]);
}
