import { asBuffer } from '../../base/bytes.ts';
import { type SendMessageRequest, sendBatchMessage } from '../../protocol/command/send-message.ts';
import { FieldError } from '../../protocol/field-error.ts';
import { type BatchItem, decodeBatch } from '../../protocol/message/batch.ts';
import { ReceivedCommand } from '../../protocol/received-command.ts';
import { FLAG_ONEWAY } from '../../protocol/remoting-command.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext, RequestHandler } from '../../remoting/request-context.ts';
import type { PendingPut, PutMessage, PutOutcome } from '../../store/put-message.ts';
import type { BrokerParts } from '../parts.ts';
import { emptyPutMessage, fillPutMessage, uniqueKeyOf } from '../send/message-writer.ts';
import type { SendAnswers } from '../send/pending-send.ts';
import type { SendService } from '../send/send-service.ts';
import { bodyProblem, findSendTopic, type SendRefusal, sendQueue } from '../send/send-target.ts';
import {
  delayLevelOf,
  hasSpecialProperty,
  unsupportedFeature,
  unsupportedSysFlag,
  waitsForStore,
} from '../send/stored-properties.ts';
import { countSend } from '../stats/count-send.ts';
import { RETRY_PREFIX } from '../topic/system-topics.ts';
import { OUTCOME_UNKNOWN, replyRefused } from './refusal.ts';

/** Longest topic name of a batch (SendMessageProcessor.sendBatchMessage). */
const MAX_TOPIC_LENGTH = 127;

/** Stores several messages of one queue as one atomic unit (code 320). */
export function sendBatchMessageProcessor(parts: BrokerParts, service: SendService): RequestHandler {
  const { store } = parts;
  return (context) => {
    const request = readRequest(context);
    if (request instanceof FieldError) {
      context.reply(ResponseCode.SYSTEM_ERROR, request.message);
      return;
    }
    const topic = findSendTopic(parts, request);
    const items = 'code' in topic ? topic : readItems(parts, context, request);
    if ('code' in topic || 'code' in items) {
      const { code, remark } = items as SendRefusal;
      context.reply(code, remark);
      return;
    }
    const queueId = sendQueue(parts, request, topic);
    const messages = items.map((item) => messageOf(service, context, request, queueId, item));
    const oneway = (context.command.flag & FLAG_ONEWAY) !== 0;
    const pending = new PendingBatch(context, service.answers, messages, queueId, oneway, request.properties);
    const refused = store.putUnit(messages, pending);
    if (refused !== undefined) {
      replyRefused(context, refused);
      return;
    }
    const bytes = messages.reduce((sum, { recordSize }) => sum + recordSize, 0);
    countSend(parts, request.topic, messages.length, bytes);
  };
}

function readRequest({ command }: RequestContext): SendMessageRequest | FieldError {
  if (command instanceof ReceivedCommand && command.sendRequest !== undefined) return command.sendRequest;
  return sendBatchMessage.decodeRequest(command.extFields);
}

function readItems(
  { config }: BrokerParts,
  { command }: RequestContext,
  { topic, sysFlag }: SendMessageRequest,
): readonly BatchItem[] | SendRefusal {
  const illegal = (remark: string): SendRefusal => ({ code: ResponseCode.MESSAGE_ILLEGAL, remark });
  if (topic.length > MAX_TOPIC_LENGTH) return illegal(`message topic length over ${MAX_TOPIC_LENGTH}`);
  if (topic.startsWith(RETRY_PREFIX)) return illegal('batch request does not support retry group');
  const tooLong = bodyProblem(config, command.body.length);
  if (tooLong !== undefined) return tooLong;
  const unsupported = unsupportedSysFlag(sysFlag);
  if (unsupported !== undefined) return illegal(unsupported);
  const items = decodeBatch(command.body);
  if (typeof items === 'string') return illegal(items);
  const elsewhere = items.some(({ properties }) => {
    const text = asBuffer(properties).toString();
    return unsupportedFeature(text) !== undefined || delayLevelOf(text, 1) > 0;
  });
  return elsewhere ? illegal('a batch cannot hold delayed, timer or transactional messages') : items;
}

function messageOf(
  service: SendService,
  context: RequestContext,
  request: SendMessageRequest,
  queueId: number,
  item: BatchItem,
): PutMessage {
  const message = emptyPutMessage();
  const text = asBuffer(item.properties).toString();
  const properties = service.properties.complete(text, hasSpecialProperty(text));
  fillPutMessage(message, context, request, queueId, properties);
  message.flag = item.flag;
  message.body = item.body;
  return message;
}

/** A batch that waits for its confirmation. */
class PendingBatch implements PendingPut {
  ticket = 0;
  readonly waits: boolean;
  readonly #context: RequestContext;
  readonly #answers: SendAnswers;
  readonly #messages: readonly PutMessage[];
  readonly #queueId: number;
  readonly #oneway: boolean;
  readonly #properties: string | undefined;

  constructor(
    context: RequestContext,
    answers: SendAnswers,
    messages: readonly PutMessage[],
    queueId: number,
    oneway: boolean,
    properties: string | undefined,
  ) {
    this.#context = context;
    this.#answers = answers;
    this.#messages = messages;
    this.#queueId = queueId;
    this.#oneway = oneway;
    this.#properties = properties;
    this.waits = waitsForStore(properties);
  }

  putFinished(outcome: PutOutcome): void {
    if (this.#oneway) return;
    if (outcome === 'unknown') {
      this.#context.reply(ResponseCode.SYSTEM_ERROR, OUTCOME_UNKNOWN);
      return;
    }
    const positions = this.#messages.map(({ position }) => position);
    const transactionId = this.#properties === undefined ? undefined : uniqueKeyOf(this.#properties);
    const queueOffset = this.#messages[0]?.queueOffset ?? 0;
    this.#answers.several(outcome, this.#context, this.#queueId, queueOffset, positions, transactionId);
  }
}
