import { assert } from '../../base/assert.ts';
import { type SendMessageResponse, sendMessage } from '../../protocol/command/send-message.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext } from '../../remoting/request-context.ts';
import type { PendingPut, PutOutcome } from '../../store/put-message.ts';
import { OUTCOME_UNKNOWN } from '../processor/refusal.ts';

/** Makes the text of offsetMsgIds of this broker: its address in hex is made once. */
export class MessageIds {
  readonly #prefix: string;

  constructor(storeHost: Uint8Array) {
    this.#prefix = Buffer.from(storeHost).toString('hex').toUpperCase();
  }

  of(position: number): string {
    return this.#prefix + position.toString(16).toUpperCase().padStart(16, '0');
  }
}

/** One send that waits for its confirmation; objects are used again. */
export class PendingSend implements PendingPut {
  ticket = 0;
  readonly #pool: PendingSends;
  #context: RequestContext | undefined;
  #response: SendMessageResponse | undefined;

  constructor(pool: PendingSends) {
    this.#pool = pool;
  }

  /** Before the put. */
  begin(context: RequestContext): void {
    this.#context = context;
  }

  /** After the put: what the answer will say. */
  appended(response: SendMessageResponse): void {
    this.#response = response;
  }

  /** The put was refused: the object is free again. */
  cancel(): void {
    this.#context = undefined;
    this.#pool.release(this);
  }

  putFinished(outcome: PutOutcome): void {
    const context = this.#context;
    const response = this.#response;
    assert(context !== undefined && response !== undefined, 'a confirmed send was appended before');
    this.#context = undefined;
    this.#response = undefined;
    this.#pool.release(this);
    if (outcome === 'stored') context.respond(sendMessage, ResponseCode.SUCCESS, response);
    else context.reply(ResponseCode.SYSTEM_ERROR, OUTCOME_UNKNOWN);
  }
}

const MAX_FREE = 4_096;

export class PendingSends {
  readonly #free: PendingSend[] = [];

  take(): PendingSend {
    return this.#free.pop() ?? new PendingSend(this);
  }

  release(pending: PendingSend): void {
    if (this.#free.length < MAX_FREE) this.#free.push(pending);
  }
}
