import {
  litePullMessage,
  PullFlag,
  type PullMessageRequest,
  type PullMessageResponse,
  pullMessage,
} from '../../protocol/command/pull-message.ts';
import { RequestCode } from '../../protocol/request-code.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { RequestContext, RequestHandler } from '../../remoting/request-context.ts';
import { ensureGroup } from '../group/ensure-group.ts';
import type { BrokerParts } from '../parts.ts';
import { isReadable } from '../topic/topic-config.ts';
import { keepCommitOffset } from './pull-commit.ts';
import { PullRead } from './pull-read.ts';
import { ForbiddenType, findPullFilter, type PullRefusal } from './pull-subscription.ts';
import { typed } from './typed.ts';

/** Reads messages of one queue; an empty result may be held until messages arrive (PullMessageProcessor.java). */
export function pullMessageProcessor(parts: BrokerParts, code: 'pull' | 'lite-pull'): RequestHandler {
  return typed(code === 'pull' ? pullMessage : litePullMessage, (context, request) => {
    const refusal = checkPull(parts, context, request);
    if (refusal !== undefined) {
      refuse(context, refusal);
      return;
    }
    const filter = findPullFilter(parts, request);
    if ('code' in filter) {
      refuse(context, filter);
      return;
    }
    if ((request.sysFlag & PullFlag.COMMIT_OFFSET) !== 0) keepCommitOffset(parts, context, request);
    new PullRead(parts, context, request, filter.filter).start();
  });
}

function checkPull(parts: BrokerParts, context: RequestContext, request: PullMessageRequest): PullRefusal | undefined {
  const { config, state } = parts;
  const { consumerGroup, topic, queueId } = request;
  if (context.command.code === RequestCode.LITE_PULL_MESSAGE && !config.litePullMessageEnable) {
    return forbidden(ForbiddenType.BROKER, 'the broker does not serve lite pulls (litePullMessageEnable=false)');
  }
  if (!isReadable(config.brokerPermission)) {
    return forbidden(ForbiddenType.BROKER, `the broker[${config.brokerIP1}] pulling message is forbidden`);
  }
  const group = ensureGroup(parts, consumerGroup);
  if (group === undefined) {
    const remark = `subscription group [${consumerGroup}] does not exist`;
    return { code: ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, remark };
  }
  if (!group.consumeEnable) {
    return forbidden(ForbiddenType.GROUP, `subscription group no permission, ${consumerGroup}`);
  }
  const topicConfig = state.topics.get(topic);
  if (topicConfig === undefined) {
    return { code: ResponseCode.TOPIC_NOT_EXIST, remark: `topic[${topic}] not exist, apply first please!` };
  }
  if (!isReadable(topicConfig.perm)) {
    return forbidden(ForbiddenType.TOPIC, `the topic[${topic}] pulling message is forbidden`);
  }
  if (queueId < 0 || queueId >= topicConfig.readQueueNums) {
    const remark = `queueId[${queueId}] is illegal, topic:[${topic}] topicConfig.readQueueNums:[${topicConfig.readQueueNums}] consumer:[${context.connection.remoteAddress}]`;
    return { code: ResponseCode.INVALID_PARAMETER, remark };
  }
  return undefined;
}

function forbidden(forbiddenType: number, remark: string): PullRefusal {
  return { code: ResponseCode.NO_PERMISSION, remark, forbiddenType };
}

function refuse(context: RequestContext, { code, remark, forbiddenType }: PullRefusal): void {
  const header: PullMessageResponse = {
    suggestWhichBrokerId: 0,
    nextBeginOffset: 0,
    minOffset: 0,
    maxOffset: 0,
    forbiddenType,
  };
  if (forbiddenType === undefined) context.reply(code, remark);
  else context.respond(pullMessage, code, header, remark);
}
