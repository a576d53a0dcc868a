import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext } from '../../remoting/request-context.ts';
import type { PutRefusal } from '../../store/put-message.ts';
import type { JournalOutcome } from '../state/journal.ts';

/** Remark of code 1 where something was appended and has no verdict. */
export const OUTCOME_UNKNOWN =
  'outcome unknown: the message was appended, but this broker lost its leadership or its disk before it was confirmed';

/** Response code of a put that was refused: certain, nothing was appended. */
export function refusalCode({ status }: PutRefusal): number {
  switch (status) {
    case 'pending-full':
      return ResponseCode.SYSTEM_BUSY;
    case 'message-illegal':
      return ResponseCode.MESSAGE_ILLEGAL;
    default:
      return ResponseCode.SERVICE_NOT_AVAILABLE;
  }
}

export function replyRefused(context: RequestContext, refusal: PutRefusal): void {
  context.reply(refusalCode(refusal), refusal.text);
}

/** Answers a request that changed state, once the change is decided. */
export function replyWhenCommitted(context: RequestContext): (outcome: JournalOutcome) => void {
  return (outcome) => {
    if (outcome === 'committed') context.reply(ResponseCode.SUCCESS);
    else context.reply(ResponseCode.SYSTEM_ERROR, OUTCOME_UNKNOWN.replace('the message', 'the change'));
  };
}
