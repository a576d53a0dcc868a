import { assert } from '../../base/assert.ts';
import { sendMessage } from '../../protocol/command/send-message.ts';
import { offsetMessageId } from '../../protocol/message/message-id.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import { isPlainId, SendResponseEncoder } from '../../protocol/send-response.ts';
import type { RequestContext } from '../../remoting/request-context.ts';
import type { PendingPut, PutOutcome } from '../../store/put-message.ts';
import type { BrokerConfig } from '../config/broker-config.ts';
import { OUTCOME_UNKNOWN } from '../processor/refusal.ts';

/** Answers successful sends of this broker. */
export class SendAnswers {
  readonly #encoder: SendResponseEncoder;
  readonly #storeHost: Uint8Array;
  readonly #region: string;
  readonly #traceOn: string;

  constructor(config: BrokerConfig, storeHost: Uint8Array) {
    this.#encoder = new SendResponseEncoder(storeHost, config.regionId, config.traceOn);
    this.#storeHost = storeHost;
    this.#region = config.regionId;
    this.#traceOn = String(config.traceOn);
  }

  one(
    context: RequestContext,
    queueId: number,
    queueOffset: number,
    position: number,
    transactionId: string | undefined,
  ): void {
    if (transactionId !== undefined && !isPlainId(transactionId)) {
      this.several(context, queueId, queueOffset, [position], transactionId);
      return;
    }
    const { serializeType, opaque } = context.command;
    context.replyRaw(this.#encoder.encode(serializeType, opaque, queueId, queueOffset, position, transactionId));
  }

  /** A batch: the ids of all records, the queue offset of the first. */
  several(
    context: RequestContext,
    queueId: number,
    queueOffset: number,
    positions: readonly number[],
    transactionId: string | undefined,
  ): void {
    context.respond(sendMessage, ResponseCode.SUCCESS, {
      msgId: positions.map((position) => offsetMessageId(this.#storeHost, position)).join(','),
      queueId,
      queueOffset,
      transactionId,
      region: this.#region,
      traceOn: this.#traceOn,
    });
  }
}

const MAX_FREE = 4_096;

/** One send that waits for its confirmation; objects are used again. */
class PendingSend implements PendingPut {
  ticket = 0;
  readonly #pool: PendingSends;
  #context: RequestContext | undefined;
  #queueId = 0;
  #queueOffset = 0;
  #position = 0;
  #transactionId: string | undefined;

  constructor(pool: PendingSends) {
    this.#pool = pool;
  }

  /** Right after the put: what the answer will say. */
  appended(
    context: RequestContext,
    queueId: number,
    queueOffset: number,
    position: number,
    transactionId: string | undefined,
  ): void {
    this.#context = context;
    this.#queueId = queueId;
    this.#queueOffset = queueOffset;
    this.#position = position;
    this.#transactionId = transactionId;
  }

  putFinished(outcome: PutOutcome): void {
    const context = this.#context;
    assert(context !== undefined, 'a send is confirmed once, after it was appended');
    this.#context = undefined;
    this.#pool.release(this);
    if (outcome !== 'stored') context.reply(ResponseCode.SYSTEM_ERROR, OUTCOME_UNKNOWN);
    else this.#pool.answers.one(context, this.#queueId, this.#queueOffset, this.#position, this.#transactionId);
  }
}

export class PendingSends {
  readonly answers: SendAnswers;
  readonly #free: PendingSend[] = [];

  constructor(answers: SendAnswers) {
    this.answers = answers;
  }

  take(): PendingSend {
    return this.#free.pop() ?? new PendingSend(this);
  }

  release(pending: PendingSend): void {
    if (this.#free.length < MAX_FREE) this.#free.push(pending);
  }
}
