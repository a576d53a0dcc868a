import { assert } from '../../base/assert.ts';
import { sendMessage } from '../../protocol/command/send-message.ts';
import { offsetMessageId } from '../../protocol/message/message-id.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import { isPlainId, SendResponseEncoder } from '../../protocol/send-response.ts';
import type { RequestContext } from '../../remoting/request-context.ts';
import type { PendingPut, PutOutcome } from '../../store/put-message.ts';
import type { BrokerConfig } from '../config/broker-config.ts';
import { OUTCOME_UNKNOWN } from '../processor/refusal.ts';

/** The message is in the log. */
type KnownOutcome = Exclude<PutOutcome, 'unknown'>;

const OUTCOME_CODES: Readonly<Record<KnownOutcome, number>> = {
  stored: ResponseCode.SUCCESS,
  'flush-disk-timeout': ResponseCode.FLUSH_DISK_TIMEOUT,
  'flush-slave-timeout': ResponseCode.FLUSH_SLAVE_TIMEOUT,
  'slave-not-available': ResponseCode.SLAVE_NOT_AVAILABLE,
};

/** Answers sends of this broker whose message is in the log. */
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
    outcome: KnownOutcome,
    context: RequestContext,
    queueId: number,
    queueOffset: number,
    position: number,
    transactionId: string | undefined,
  ): void {
    if (outcome !== 'stored' || (transactionId !== undefined && !isPlainId(transactionId))) {
      this.several(outcome, context, queueId, queueOffset, [position], transactionId);
      return;
    }
    const { serializeType, opaque } = context.command;
    context.replyRaw(this.#encoder.encode(serializeType, opaque, queueId, queueOffset, position, transactionId));
  }

  /** A batch: the ids of all records, the queue offset of the first. */
  several(
    outcome: KnownOutcome,
    context: RequestContext,
    queueId: number,
    queueOffset: number,
    positions: readonly number[],
    transactionId: string | undefined,
  ): void {
    context.respond(sendMessage, OUTCOME_CODES[outcome], {
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
  waits = true;
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
    if (outcome === 'unknown') context.reply(ResponseCode.SYSTEM_ERROR, OUTCOME_UNKNOWN);
    else
      this.#pool.answers.one(outcome, context, this.#queueId, this.#queueOffset, this.#position, this.#transactionId);
  }
}

export class PendingSends {
  readonly answers: SendAnswers;
  readonly #free: PendingSend[] = [];

  constructor(answers: SendAnswers) {
    this.answers = answers;
  }

  /** `waits` as `waitsForStore` says of the message. */
  take(waits: boolean): PendingSend {
    const pending = this.#free.pop() ?? new PendingSend(this);
    pending.waits = waits;
    return pending;
  }

  release(pending: PendingSend): void {
    if (this.#free.length < MAX_FREE) this.#free.push(pending);
  }
}
