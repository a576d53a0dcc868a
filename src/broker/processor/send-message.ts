import { type SendMessageRequest, sendMessage, sendMessageV2 } from '../../protocol/command/send-message.ts';
import { FieldError } from '../../protocol/field-error.ts';
import { ReceivedCommand } from '../../protocol/received-command.ts';
import { FLAG_ONEWAY } from '../../protocol/remoting-command.ts';
import { RequestCode } from '../../protocol/request-code.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext, RequestHandler } from '../../remoting/request-context.ts';
import type { PendingPut } from '../../store/put-message.ts';
import type { BrokerParts } from '../parts.ts';
import { deadLetterRequest } from '../send/dead-letter.ts';
import { delay, emptyPutMessage, fillPutMessage, uniqueKeyOf } from '../send/message-writer.ts';
import type { SendService } from '../send/send-service.ts';
import { bodyProblem, findSendTopic, type SendRefusal, sendQueue } from '../send/send-target.ts';
import {
  hasSpecialProperty,
  unsupportedFeature,
  unsupportedSysFlag,
  waitsForStore,
} from '../send/stored-properties.ts';
import { countSend } from '../stats/count-send.ts';
import { replyRefused } from './refusal.ts';

/** Nobody waits for a oneway message. */
const NOBODY: PendingPut = { ticket: 0, putFinished: () => {} };

/** Stores one message (codes 10 and 310): checks, topic, queue and append in one turn; the answer follows the confirmation. */
export function sendMessageProcessor(parts: BrokerParts, service: SendService): RequestHandler {
  const { store } = parts;
  const message = emptyPutMessage();

  return (context) => {
    const received = readRequest(context);
    if (received instanceof FieldError) {
      context.reply(ResponseCode.SYSTEM_ERROR, received.message);
      return;
    }
    const refusal = store.refusal();
    if (refusal !== undefined) {
      replyRefused(context, refusal);
      return;
    }
    const request = deadLetterRequest(parts, context, received);
    const topic = findSendTopic(parts, request);
    if ('code' in topic) {
      context.reply(topic.code, topic.remark);
      return;
    }
    const special = hasSpecialProperty(request.properties);
    const problem = messageProblem(parts, context, request, special);
    if (problem !== undefined) {
      context.reply(problem.code, problem.remark);
      return;
    }
    const queueId = sendQueue(parts, request, topic);
    const bytes = special ? undefined : service.properties.completeBytes(request.properties);
    const text = bytes === undefined ? service.properties.complete(request.properties, special) : request.properties!;
    fillPutMessage(message, context, request, queueId, bytes ?? text);
    if (special) delay(message, parts.delayLevelsMs.length - 1, text);
    const oneway = (context.command.flag & FLAG_ONEWAY) !== 0;
    const pending = oneway ? undefined : service.pendings.take(waitsForStore(request.properties));
    const refused = store.put(message, pending ?? NOBODY);
    if (refused !== undefined) {
      if (pending !== undefined) service.pendings.release(pending);
      replyRefused(context, refused);
      return;
    }
    countSend(parts, request.topic, 1, message.recordSize);
    pending?.appended(context, queueId, message.queueOffset, message.position, uniqueKeyOf(text));
  };
}

function readRequest({ command }: RequestContext): SendMessageRequest | FieldError {
  if (command instanceof ReceivedCommand && command.sendRequest !== undefined) return command.sendRequest;
  const definition = command.code === RequestCode.SEND_MESSAGE ? sendMessage : sendMessageV2;
  return definition.decodeRequest(command.extFields);
}

function messageProblem(
  { config }: BrokerParts,
  { command }: RequestContext,
  { properties, sysFlag }: SendMessageRequest,
  special: boolean,
): SendRefusal | undefined {
  const tooLong = bodyProblem(config, command.body.length);
  if (tooLong !== undefined) return tooLong;
  const unsupported =
    unsupportedSysFlag(sysFlag) ?? (special && properties !== undefined ? unsupportedFeature(properties) : undefined);
  return unsupported === undefined ? undefined : { code: ResponseCode.MESSAGE_ILLEGAL, remark: unsupported };
}
