import { PullFlag, type PullMessageRequest } from '../../protocol/command/pull-message.ts';
import {
  EXPRESSION_SQL92,
  EXPRESSION_TAG,
  parseSubscription,
  type SubscriptionData,
} from '../../protocol/message/tags.ts';
import { ResponseCode } from '../../protocol/response-code.ts';
import type { MessageFilter } from '../../store/get-result.ts';
import type { ConsumerGroup } from '../client-manager/consumer-group.ts';
import type { BrokerParts } from '../parts.ts';

/** Value of the response field `forbiddenType` (ForbiddenType.java). */
export const ForbiddenType = { BROKER: 1, GROUP: 2, TOPIC: 3, BROADCASTING: 4, SUBSCRIPTION: 5 } as const;

/** Why a pull is not served. */
export interface PullRefusal {
  readonly code: number;
  readonly remark: string;
  readonly forbiddenType?: number;
}

/** What a pull wants to see; an undefined filter lets everything pass. */
export interface PullFilter {
  readonly filter: MessageFilter | undefined;
}

const SUGGESTION = 'http://rocketmq.apache.org/docs/faq/';

/** The subscription of a pull: from the request itself or from the group's heartbeats (PullMessageProcessor.java). */
export function findPullFilter(parts: BrokerParts, request: PullMessageRequest): PullFilter | PullRefusal {
  if (request.expressionType !== undefined && request.expressionType !== EXPRESSION_TAG) return noSql(request);
  if ((request.sysFlag & PullFlag.SUBSCRIPTION) !== 0) {
    const parsed = parseSubscription(request.topic, request.subscription, request.subVersion);
    if (typeof parsed === 'string') return { code: ResponseCode.SUBSCRIPTION_PARSE_FAILED, remark: parsed };
    return { filter: tagFilter(parsed) };
  }
  const registered = registeredSubscription(parts, request);
  return 'code' in registered ? registered : { filter: tagFilter(registered) };
}

function registeredSubscription(parts: BrokerParts, request: PullMessageRequest): SubscriptionData | PullRefusal {
  const { consumerGroup, topic, subVersion } = request;
  const group = parts.consumers.find(consumerGroup);
  const subscription = group?.subscription(topic);
  if (group !== undefined && broadcastForbidden(parts, group)) {
    const remark = `the consumer group[${consumerGroup}] can not consume by broadcast way`;
    return { code: ResponseCode.NO_PERMISSION, remark, forbiddenType: ForbiddenType.BROADCASTING };
  }
  if (subscription === undefined) {
    const what = group === undefined ? "the consumer's group info not exist" : "the consumer's subscription not exist";
    return { code: ResponseCode.SUBSCRIPTION_NOT_EXIST, remark: `${what}\nSee ${SUGGESTION} for further details.` };
  }
  if (subscription.subVersion < subVersion) {
    return { code: ResponseCode.SUBSCRIPTION_NOT_LATEST, remark: "the consumer's subscription not latest" };
  }
  return subscription.expressionType === EXPRESSION_TAG ? subscription : noSql(request);
}

function broadcastForbidden({ state }: BrokerParts, group: ConsumerGroup): boolean {
  return group.messageModel === 'BROADCASTING' && state.groups.get(group.name)?.consumeBroadcastEnable === false;
}

function noSql({ expressionType }: PullMessageRequest): PullRefusal {
  const remark = `The broker does not support consumer to filter message by ${expressionType ?? EXPRESSION_SQL92}`;
  return { code: ResponseCode.SYSTEM_ERROR, remark };
}

/** Queue units know a tag by its hash; clients compare the tag itself. */
function tagFilter({ codeSet }: SubscriptionData): MessageFilter | undefined {
  if (codeSet.size === 0) return undefined;
  return { matchesTagsCode: (tagsCode) => codeSet.has(tagsCode) };
}
