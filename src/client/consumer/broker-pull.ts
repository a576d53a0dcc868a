import { ResponseCode, responseName } from '../../protocol/codes.ts';
import { PullFlag, type PullMessageResponse, pullMessage } from '../../protocol/command/pull-message.ts';
import { FieldError } from '../../protocol/field-error.ts';
import { PropertyName } from '../../protocol/message/properties.ts';
import { EXPRESSION_TAG, type SubscriptionData } from '../../protocol/message/tags.ts';
import type { RemotingCommand } from '../../protocol/remoting-command.ts';
import type { InvokeFailure } from '../../remoting/pending-requests.ts';
import { failureText, faultOf } from '../broker-client.ts';
import type { ClientSession } from '../client-session.ts';
import { decodeMessages } from '../decode-messages.ts';
import { ClientError } from '../errors.ts';
import { type MessageQueue, queueKey } from '../message-queue.ts';
import type { ReceivedMessage } from '../received-message.ts';
import { chooseMember } from '../route/choose-member.ts';
import type { PullOutcome, PullRequest } from './pull-source.ts';

const RETRY_MS = 1_000;
const SOON_MS = 100;

export interface BrokerPullOptions {
  readonly session: ClientSession;
  readonly group: string;
  readonly subscription: (topic: string) => SubscriptionData | undefined;
  /** How long a broker may hold a pull that finds nothing; 0: not at all. */
  readonly suspendMs: number;
  /** How long to wait for an answer. */
  readonly timeoutMs: number;
  /** Sends the subscription with each pull, for groups that do not tell it by heartbeat. */
  readonly sendsSubscription: boolean;
}

/** Pulls from the brokers of a queue: the one that the last answer suggested, the master, or whichever member answers. */
export class BrokerPull {
  readonly #options: BrokerPullOptions;
  /** Broker id that the last answer suggested, where it is not the master. */
  readonly #suggested = new Map<string, number>();

  constructor(options: BrokerPullOptions) {
    this.#options = options;
  }

  /** A `PullSource`. */
  readonly pull = (request: PullRequest, done: (outcome: PullOutcome) => void): void => {
    const { session, timeoutMs } = this.#options;
    const { queue } = request;
    const subscription = this.#options.subscription(queue.topic);
    const address = this.#address(queue);
    if (address === undefined || subscription === undefined) {
      session.routes.refresh(queue.topic).catch((error: Error) => session.report(`the route of ${queue.topic}`, error));
      const error = new ClientError('no-route', `no broker is known for queue ${queueKey(queue)}`);
      done({ kind: 'failed', error, retryMs: RETRY_MS });
      return;
    }
    const fields = pullMessage.encodeRequest(this.#header(request, subscription));
    session.remoting.invoke(address, pullMessage.code, fields, undefined, timeoutMs, (response, failure) => {
      done(this.#outcome(queue, subscription, address, response, failure));
    });
  };

  /** Forgets what is known of a queue that is not pulled any more. */
  forget(queue: MessageQueue): void {
    this.#suggested.delete(queueKey(queue));
  }

  #address(queue: MessageQueue): string | undefined {
    const { routes, faults, platform } = this.#options.session;
    const route = routes.get(queue.topic);
    if (route === undefined) return undefined;
    const nowMs = platform.clock.monotonicMs();
    const suggested = this.#suggested.get(queueKey(queue));
    if (suggested !== undefined) {
      const member = route.groups.get(queue.brokerName)?.members.find((each) => each.brokerId === suggested);
      if (member !== undefined && !faults.isAvoided(member.address, nowMs)) return member.address;
    }
    return chooseMember(route, queue.brokerName, faults, nowMs)?.address;
  }

  #header(request: PullRequest, subscription: SubscriptionData) {
    const { queue, offset, maxMessages, commitOffset } = request;
    const { group, suspendMs, sendsSubscription } = this.#options;
    const sysFlag =
      (commitOffset === undefined ? 0 : PullFlag.COMMIT_OFFSET) |
      (suspendMs > 0 ? PullFlag.SUSPEND : 0) |
      (sendsSubscription ? PullFlag.SUBSCRIPTION : 0);
    return {
      consumerGroup: group,
      topic: queue.topic,
      queueId: queue.queueId,
      queueOffset: offset,
      maxMsgNums: maxMessages,
      sysFlag,
      commitOffset: commitOffset ?? 0,
      suspendTimeoutMillis: suspendMs,
      subscription: sendsSubscription ? subscription.subString : undefined,
      subVersion: subscription.subVersion,
      expressionType: EXPRESSION_TAG,
    };
  }

  #outcome(
    queue: MessageQueue,
    subscription: SubscriptionData,
    address: string,
    response: RemotingCommand | undefined,
    failure: InvokeFailure | undefined,
  ): PullOutcome {
    if (response === undefined) return this.#unreachable(queue, address, failure);
    const { code } = response;
    const known =
      code === ResponseCode.SUCCESS || (code >= ResponseCode.PULL_NOT_FOUND && code <= ResponseCode.PULL_OFFSET_MOVED);
    const header = known ? pullMessage.decodeResponse(response.extFields) : undefined;
    if (header === undefined) return this.#refused(queue, address, response);
    if (header instanceof FieldError) return failed(new ClientError('bad-response', header.message), RETRY_MS);
    this.#options.session.faults.succeeded(address);
    this.#noteSuggestion(queue, header);
    const { nextBeginOffset: nextOffset, minOffset, maxOffset } = header;
    if (code === ResponseCode.PULL_OFFSET_MOVED) return { kind: 'moved', nextOffset, minOffset, maxOffset };
    if (code !== ResponseCode.SUCCESS) return { kind: 'nothing', nextOffset, minOffset, maxOffset };
    const messages = decodeMessages(response.body, queue.brokerName);
    if (messages instanceof ClientError) return failed(messages, RETRY_MS);
    addBounds(messages, minOffset, maxOffset);
    return { kind: 'found', messages: filterByTag(messages, subscription), nextOffset, minOffset, maxOffset };
  }

  #noteSuggestion(queue: MessageQueue, { suggestWhichBrokerId }: PullMessageResponse): void {
    if (suggestWhichBrokerId === 0) this.#suggested.delete(queueKey(queue));
    else this.#suggested.set(queueKey(queue), suggestWhichBrokerId);
  }

  #unreachable(queue: MessageQueue, address: string, failure: InvokeFailure | undefined): PullOutcome {
    const { session } = this.#options;
    session.faults.failed(address, faultOf(failure), session.platform.clock.monotonicMs());
    session.routes
      .refreshElsewhere(queue.topic)
      .catch((error: Error) => session.report(`the route of ${queue.topic}`, error));
    return failed(new ClientError('unreachable', `a pull from ${address} failed: ${failureText(failure)}`), SOON_MS);
  }

  #refused(queue: MessageQueue, address: string, response: RemotingCommand): PullOutcome {
    const { session } = this.#options;
    const { code, remark } = response;
    if (code >= ResponseCode.SUBSCRIPTION_NOT_EXIST && code <= ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST) {
      void session.heartbeatTo(address);
    } else if (code === ResponseCode.SERVICE_NOT_AVAILABLE || code === ResponseCode.GO_AWAY) {
      session.faults.failed(address, 'not-serving', session.platform.clock.monotonicMs());
    }
    const text = `${address} refused a pull of ${queueKey(queue)}: ${code} ${responseName(code)}, ${remark ?? ''}`;
    return failed(new ClientError('refused', text, { responseCode: code, retryable: true }), RETRY_MS);
  }
}

function failed(error: ClientError, retryMs: number): PullOutcome {
  return { kind: 'failed', error, retryMs };
}

/** As RocketMQ's clients do: a message tells what its queue held when it was pulled. */
function addBounds(messages: readonly ReceivedMessage[], minOffset: number, maxOffset: number): void {
  const [min, max] = [String(minOffset), String(maxOffset)];
  for (const message of messages) {
    const properties = message.properties as Record<string, string>;
    properties[PropertyName.MIN_OFFSET] = min;
    properties[PropertyName.MAX_OFFSET] = max;
  }
}

/** Brokers filter by the hash of a tag; the tag itself is compared here. */
function filterByTag(messages: readonly ReceivedMessage[], { tagsSet }: SubscriptionData): readonly ReceivedMessage[] {
  if (tagsSet.size === 0) return messages;
  return messages.filter((message) => message.tags !== undefined && tagsSet.has(message.tags));
}
