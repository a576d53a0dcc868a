import { NO_BYTES } from '../../base/bytes.ts';
import type { PullMessageRequest } from '../../protocol/command/pull-message.ts';
import { updateConsumerOffset } from '../../protocol/command/update-consumer-offset.ts';
import { FLAG_ONEWAY } from '../../protocol/remoting-command.ts';
import { RequestCode } from '../../protocol/request-code.ts';
import type { RequestContext } from '../../remoting/request-context.ts';
import type { BrokerParts } from '../parts.ts';

/** Stores the offset that rides on a pull: here on the master, elsewhere forwarded as a oneway request of its own (raft/SAFETY.md 6). */
export function keepCommitOffset(parts: BrokerParts, context: RequestContext, request: PullMessageRequest): void {
  const { consumerGroup, topic, queueId, commitOffset } = request;
  if (commitOffset < 0) return;
  if (!parts.mastership.serving) parts.mastership.forward(onewayCommit(context, request));
  else if (parts.resets.get(consumerGroup, topic, queueId) === undefined) {
    parts.offsetBatch.update(consumerGroup, topic, queueId, commitOffset);
  }
}

function onewayCommit(context: RequestContext, request: PullMessageRequest): RequestContext {
  const { consumerGroup, topic, queueId, commitOffset } = request;
  return {
    command: {
      code: RequestCode.UPDATE_CONSUMER_OFFSET,
      language: context.command.language,
      version: context.command.version,
      opaque: context.command.opaque,
      flag: FLAG_ONEWAY,
      remark: undefined,
      serializeType: context.command.serializeType,
      extFields: updateConsumerOffset.encodeRequest({ consumerGroup, topic, queueId, commitOffset }),
      body: NO_BYTES,
    },
    connection: context.connection,
    receivedAtMs: context.receivedAtMs,
    reply: () => {},
    respond: () => {},
    replyRaw: () => {},
  };
}
