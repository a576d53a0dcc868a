import { ResponseCode, responseName } from '../../protocol/codes.ts';
import type { RemotingCommand } from '../../protocol/remoting-command.ts';
import type { InvokeFailure } from '../../remoting/pending-requests.ts';
import { failureText, faultOf } from '../broker-client.ts';
import type { AttemptOutcome } from '../errors.ts';
import type { Fault } from '../route/fault-table.ts';

/** What follows from a failed attempt. */
export interface Verdict {
  readonly outcome: AttemptOutcome;
  /**
   * `fail`: the same message would be refused again. `count`: try again, but only `retries` times. `repeat`: try again until the time is
   * up, because a broker that is away, changing its leader or short of a resource comes back.
   */
  readonly action: 'fail' | 'count' | 'repeat';
  /** The member is a slave: no message will ever be taken there while it is. */
  readonly isSlave?: boolean;
  /** How the address is to be remembered. */
  readonly fault: Fault | undefined;
  /** One sentence. */
  readonly reason: string;
}

/** How LedgerMQ marks an error after which the message may be stored. */
const OUTCOME_UNKNOWN = 'outcome unknown';

/** How a slave of LedgerMQ refuses a message. */
const SLAVE = 'this broker is a slave';

/** Codes that mean SEND_OK or, in RocketMQ, "stored, but not as safely as asked for". */
export function isStored(code: number): boolean {
  return code === 0 || (code >= ResponseCode.FLUSH_DISK_TIMEOUT && code <= ResponseCode.FLUSH_SLAVE_TIMEOUT);
}

/** The codes after which another try can help are those of DefaultMQProducer.retryResponseCodes. */
const ANSWERS: ReadonlyMap<number, Omit<Verdict, 'reason'>> = new Map([
  [ResponseCode.SERVICE_NOT_AVAILABLE, { outcome: 'not-stored', action: 'repeat', fault: 'not-serving' }],
  [ResponseCode.GO_AWAY, { outcome: 'not-stored', action: 'repeat', fault: 'not-serving' }],
  [ResponseCode.SYSTEM_BUSY, { outcome: 'unknown', action: 'repeat', fault: undefined }],
  [ResponseCode.SYSTEM_ERROR, { outcome: 'unknown', action: 'count', fault: undefined }],
  [ResponseCode.TOPIC_NOT_EXIST, { outcome: 'not-stored', action: 'count', fault: undefined }],
  [ResponseCode.NO_PERMISSION, { outcome: 'not-stored', action: 'count', fault: undefined }],
  [ResponseCode.NO_BUYER_ID, { outcome: 'not-stored', action: 'count', fault: undefined }],
  [ResponseCode.NOT_IN_CURRENT_UNIT, { outcome: 'not-stored', action: 'count', fault: undefined }],
]);

/** Judges an answer that is not a success. */
export function judgeAnswer(response: RemotingCommand): Verdict {
  const { code, remark } = response;
  const reason = `${code} ${responseName(code)}${remark === undefined ? '' : `: ${remark}`}`;
  if (code === ResponseCode.SYSTEM_ERROR && remark?.startsWith(OUTCOME_UNKNOWN) === true) {
    return { outcome: 'unknown', action: 'repeat', fault: 'not-serving', reason };
  }
  if (code === ResponseCode.SERVICE_NOT_AVAILABLE && remark?.startsWith(SLAVE) === true) {
    return { outcome: 'not-stored', action: 'repeat', fault: 'not-serving', isSlave: true, reason };
  }
  const known = ANSWERS.get(code);
  return known === undefined
    ? { outcome: 'not-stored', action: 'fail', fault: undefined, reason }
    : { ...known, reason };
}

/** Judges an attempt without an answer. */
export function judgeSilence(failure: InvokeFailure | undefined): Verdict {
  const outcome = failure === 'connect-failed' ? 'not-stored' : 'unknown';
  return { outcome, action: 'repeat', fault: faultOf(failure), reason: failureText(failure) };
}
