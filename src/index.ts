import type { PushConsumerOptions } from './client/consumer/consumer-options.ts';
import { PullConsumer, type PullConsumerOptions } from './client/consumer/pull-consumer.ts';
import { PushConsumer } from './client/consumer/push-consumer.ts';
import { Producer, type ProducerOptions } from './client/producer/producer.ts';
import { createNodePlatform } from './platform/node/node-platform.ts';
import type { Logger, Platform } from './platform/ports.ts';

export type { AbortOptions } from './client/abortable.ts';
export type { ConsumeContext, ConsumeResult, MessageListener } from './client/consumer/consume-pool.ts';
export type { PushConsumerOptions } from './client/consumer/consumer-options.ts';
export type { ConsumeFrom } from './client/consumer/first-offset.ts';
export {
  PullConsumer,
  type PullConsumerOptions,
  type PullOptions,
  type PullResult,
} from './client/consumer/pull-consumer.ts';
export { PushConsumer } from './client/consumer/push-consumer.ts';
export type { EventListener } from './client/emitter.ts';
export {
  type AttemptOutcome,
  ClientError,
  type ClientErrorCode,
  type SendAttempt,
  SendError,
} from './client/errors.ts';
export type { ClientEvents, SendRetry } from './client/events.ts';
export type { Message } from './client/message.ts';
export type { MessageQueue } from './client/message-queue.ts';
export type { ClientOptions } from './client/options.ts';
export { Producer, type ProducerOptions, type SendOptions } from './client/producer/producer.ts';
export type { QueueSelector, QueueWish } from './client/producer/queue-choice.ts';
export { formatSendResult, type SendResult, type SendStatus } from './client/producer/send-result.ts';
export type { ReceivedMessage } from './client/received-message.ts';
export type { LogFields, Logger, Platform } from './platform/ports.ts';

/** What the clients made here need of their surroundings. */
export interface RuntimeOptions {
  /** Where the client writes what it notices. Default: nowhere; events tell the same. */
  readonly logger?: Logger;
}

/** A producer in this Node process. It has to be started. Throws a `ClientError` for options that cannot be used. */
export function createProducer(options: ProducerOptions & RuntimeOptions): Producer {
  return new Producer(nodePlatform(options), options);
}

/** A push consumer in this Node process. It has to be subscribed and started. Throws a `ClientError` for options that cannot be used. */
export function createPushConsumer(options: PushConsumerOptions & RuntimeOptions): PushConsumer {
  return new PushConsumer(nodePlatform(options), options);
}

/** A pull consumer in this Node process. It has to be started. Throws a `ClientError` for options that cannot be used. */
export function createPullConsumer(options: PullConsumerOptions & RuntimeOptions): PullConsumer {
  return new PullConsumer(nodePlatform(options), options);
}

function nodePlatform({ logger = SILENT }: RuntimeOptions): Platform {
  return { ...createNodePlatform({ logger: { level: 'error' } }), logger };
}

const SILENT: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => SILENT,
};
