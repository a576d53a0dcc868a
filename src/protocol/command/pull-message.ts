import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf, type ResponseOf } from '../schema.ts';

const request = {
  consumerGroup: 'string',
  topic: 'string',
  queueId: 'int',
  queueOffset: 'long',
  maxMsgNums: 'int',
  sysFlag: 'int',
  commitOffset: 'long',
  suspendTimeoutMillis: 'long',
  subscription: 'string?',
  subVersion: 'long',
  expressionType: 'string?',
  maxMsgBytes: 'int?',
  requestSource: 'int?',
  proxyFrowardClientId: 'string?',
} as const;

const response = {
  suggestWhichBrokerId: 'long',
  nextBeginOffset: 'long',
  minOffset: 'long',
  maxOffset: 'long',
  offsetDelta: 'long?',
  topicSysFlag: 'int?',
  groupSysFlag: 'int?',
  forbiddenType: 'int?',
} as const;

/** Bits of a pull request's `sysFlag` (PullSysFlag.java). */
export const PullFlag = {
  /** `commitOffset` is to be stored. */
  COMMIT_OFFSET: 0x1,
  /** The broker may hold the request until a message arrives. */
  SUSPEND: 0x2,
  /** `subscription` is to be used instead of what the heartbeat told. */
  SUBSCRIPTION: 0x4,
  CLASS_FILTER: 0x8,
  LITE_PULL: 0x10,
} as const;

/** Reads messages of one queue. The answer's body is the records back to back, as they are stored. */
export const pullMessage = defineCommand({ code: RequestCode.PULL_MESSAGE, name: 'PULL_MESSAGE', request, response });

/** The same under the code that lite pull consumers use. */
export const litePullMessage = defineCommand({
  code: RequestCode.LITE_PULL_MESSAGE,
  name: 'LITE_PULL_MESSAGE',
  request,
  response,
});

export type PullMessageRequest = RequestOf<typeof pullMessage>;
export type PullMessageResponse = ResponseOf<typeof pullMessage>;
