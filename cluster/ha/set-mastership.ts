import { isForwarded } from '../../src/broker/forwarded.ts';
import type { Mastership } from '../../src/broker/mastership.ts';
import { RequestCode } from '../../src/protocol/request-code.ts';
import { ResponseCode } from '../../src/protocol/response-code.ts';
import type { RequestContext } from '../../src/remoting/request-context.ts';
import type { Forwarder } from '../dledger/forwarder.ts';
import { NOT_MASTER } from './slave-role.ts';

/** RocketMQ's slaves refuse these (SendMessageProcessor.rejectRequest): a client that sends to a slave has a stale route, and asks anew. */
const SENDS: ReadonlySet<number> = new Set([
  RequestCode.SEND_MESSAGE,
  RequestCode.SEND_MESSAGE_V2,
  RequestCode.SEND_BATCH_MESSAGE,
  RequestCode.CONSUMER_SEND_MSG_BACK,
]);

/** A slave by configuration: never the master, whatever happens to that one. */
export class SlaveMastership implements Mastership {
  readonly brokerId: number;
  readonly serving = false;
  readonly epoch = 0;
  readonly #follows: () => boolean;
  readonly #forwarder: Forwarder;

  /** `follows`: the master can be reached. */
  constructor(brokerId: number, follows: () => boolean, forwarder: Forwarder) {
    this.brokerId = brokerId;
    this.#follows = follows;
    this.#forwarder = forwarder;
  }

  get standsIn(): boolean {
    return !this.#follows();
  }

  forward(context: RequestContext): boolean {
    if (SENDS.has(context.command.code)) {
      context.reply(ResponseCode.SERVICE_NOT_AVAILABLE, NOT_MASTER.text);
      return true;
    }
    if (isForwarded(context) || !this.#follows()) return false;
    return this.#forwarder.forward(context);
  }

  confirm(done: (master: boolean) => void): void {
    done(false);
  }

  onChange(): void {}
}
