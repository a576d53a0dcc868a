import { type SendMessageRequest, sendMessage, sendMessageV2 } from '../../protocol/command/send-message.ts';
import { FieldError } from '../../protocol/field-error.ts';
import { createUniqueKeyGenerator } from '../../protocol/message/message-id.ts';
import { ReceivedCommand } from '../../protocol/received-command.ts';
import { FLAG_ONEWAY } from '../../protocol/remoting-command.ts';
import { RequestCode } from '../../protocol/request-code.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext, RequestHandler } from '../../remoting/request-context.ts';
import type { PendingPut } from '../../store/put-message.ts';
import type { BrokerParts } from '../parts.ts';
import { deadLetterRequest } from '../send/dead-letter.ts';
import { emptyPutMessage, fillPutMessage, uniqueKeyOf } from '../send/message-writer.ts';
import { MessageIds, PendingSends } from '../send/pending-send.ts';
import { findSendTopic, type SendRefusal, sendQueue } from '../send/send-target.ts';
import { StoredProperties, unsupportedFeature } from '../send/stored-properties.ts';
import { countSend } from '../stats/count-send.ts';
import { replyRefused } from './refusal.ts';

/** Nobody waits for a oneway message. */
const NOBODY: PendingPut = { ticket: 0, putFinished: () => {} };

/** Stores one message (codes 10 and 310): checks, topic, queue and append in one turn; the answer follows the confirmation. */
export function sendMessageProcessor(parts: BrokerParts): RequestHandler {
  const { config, platform, storeHost, store } = parts;
  const address = storeHost.subarray(0, storeHost.length - 4);
  const stored = new StoredProperties(config, createUniqueKeyGenerator(platform, address));
  const ids = new MessageIds(storeHost);
  const pendings = new PendingSends();
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
    const problem = 'code' in topic ? topic : messageProblem(parts, context, request);
    if (problem !== undefined || 'code' in topic) {
      context.reply(problem?.code ?? ResponseCode.SYSTEM_ERROR, problem?.remark);
      return;
    }
    const queueId = sendQueue(parts, request, topic);
    const properties = stored.complete(request.properties);
    fillPutMessage(message, parts, context, request, queueId, properties);
    if ((context.command.flag & FLAG_ONEWAY) !== 0) {
      if (store.put(message, NOBODY) === undefined) countSend(parts, request.topic, 1, message.body.length);
      return;
    }
    const pending = pendings.take();
    pending.begin(context);
    const refused = store.put(message, pending);
    if (refused !== undefined) {
      pending.cancel();
      replyRefused(context, refused);
      return;
    }
    countSend(parts, request.topic, 1, message.body.length);
    pending.appended({
      msgId: ids.of(message.position),
      queueId,
      queueOffset: message.queueOffset,
      transactionId: uniqueKeyOf(properties),
      region: config.regionId,
      traceOn: String(config.traceOn),
    });
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
  request: SendMessageRequest,
): SendRefusal | undefined {
  if (command.body.length > config.maxMessageSize) {
    const remark = `the message body is ${command.body.length} bytes long, more than maxMessageSize=${config.maxMessageSize}`;
    return { code: ResponseCode.MESSAGE_ILLEGAL, remark };
  }
  const unsupported = request.properties === undefined ? undefined : unsupportedFeature(request.properties);
  return unsupported === undefined ? undefined : { code: ResponseCode.MESSAGE_ILLEGAL, remark: unsupported };
}
