import { ClientError } from '../errors.ts';
import type { ClientOptions } from '../options.ts';
import type { ConsumeFrom } from './first-offset.ts';
import type { QueueLimits } from './queue-reader.ts';

export interface PushConsumerOptions extends ClientOptions {
  /** Name of the consumer group. */
  readonly group: string;
  /** `clustering` (default): the members share the messages. `broadcasting`: each member gets all of them. */
  readonly mode?: 'clustering' | 'broadcasting';
  /** Where a group without stored progress begins. Default `last`. */
  readonly consumeFrom?: ConsumeFrom;
  /** Calls of the listener at the same time. Default 20. */
  readonly concurrency?: number;
  /** Messages for one call of the listener. Default 1. */
  readonly batchSize?: number;
  /** So many failures later a message goes to the dead letters. Default 16. */
  readonly maxReconsumeTimes?: number;
  /** Messages asked for at once. Default 32. */
  readonly pullBatchSize?: number;
  /** Messages of one queue that may wait in this client. Default 1,000. */
  readonly maxQueuedMessages?: number;
  /** Bytes of one queue that may wait in this client. Default 100 MiB. */
  readonly maxQueuedBytes?: number;
  /** How often progress is stored. Default 5 s. */
  readonly persistMs?: number;
  /** How often the queues are divided again without a reason. Default 20 s. */
  readonly rebalanceMs?: number;
  /** Directory for the progress of a broadcasting consumer. Its files carry the client id: give `instanceName` to find them again. */
  readonly offsetDirectory?: string;
}

/** The options with their defaults. */
export interface PushConsumerSettings {
  readonly group: string;
  readonly mode: 'clustering' | 'broadcasting';
  readonly consumeFrom: ConsumeFrom;
  readonly concurrency: number;
  readonly batchSize: number;
  readonly maxReconsumeTimes: number;
  readonly limits: QueueLimits;
  readonly persistMs: number;
  readonly rebalanceMs: number;
  readonly offsetDirectory: string;
}

/** Fills in the defaults of options whose numbers were checked; throws a `ClientError` where `offsetDirectory` is missing. */
export function withDefaults(options: PushConsumerOptions): PushConsumerSettings {
  const { mode = 'clustering', consumeFrom = 'last', offsetDirectory } = options;
  if (mode === 'broadcasting' && offsetDirectory === undefined) {
    throw new ClientError('invalid-argument', 'a broadcasting consumer needs offsetDirectory to keep its progress.');
  }
  return {
    group: options.group,
    mode,
    consumeFrom,
    concurrency: options.concurrency ?? 20,
    batchSize: options.batchSize ?? 1,
    maxReconsumeTimes: options.maxReconsumeTimes ?? 16,
    limits: {
      maxMessages: options.maxQueuedMessages ?? 1_000,
      maxBytes: options.maxQueuedBytes ?? 100 * 1024 * 1024,
      maxSpan: 2_000,
      pullBatchSize: options.pullBatchSize ?? 32,
    },
    persistMs: options.persistMs ?? 5_000,
    rebalanceMs: options.rebalanceMs ?? 20_000,
    offsetDirectory: offsetDirectory ?? '',
  };
}

/** RocketMQ's name of where a group begins. */
export function consumeFromName(from: ConsumeFrom): string {
  if (typeof from === 'object') return 'CONSUME_FROM_TIMESTAMP';
  return from === 'first' ? 'CONSUME_FROM_FIRST_OFFSET' : 'CONSUME_FROM_LAST_OFFSET';
}
