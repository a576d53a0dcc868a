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

/** Fills in the defaults; throws a `ClientError` for a value that cannot be used. */
export function withDefaults(options: PushConsumerOptions): PushConsumerSettings {
  const number = (name: keyof PushConsumerOptions, fallback: number, max = Number.MAX_SAFE_INTEGER): number => {
    const value = options[name] ?? fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
    throw new ClientError(
      'invalid-argument',
      `${name} is ${String(value)}; it must be a whole number from 1 to ${max}.`,
    );
  };
  const { mode = 'clustering', consumeFrom = 'last', offsetDirectory } = options;
  if (mode === 'broadcasting' && offsetDirectory === undefined) {
    throw new ClientError('invalid-argument', 'a broadcasting consumer needs offsetDirectory to keep its progress.');
  }
  return {
    group: options.group,
    mode,
    consumeFrom,
    concurrency: number('concurrency', 20),
    batchSize: number('batchSize', 1, 1_024),
    maxReconsumeTimes: number('maxReconsumeTimes', 16),
    limits: {
      maxMessages: number('maxQueuedMessages', 1_000),
      maxBytes: number('maxQueuedBytes', 100 * 1024 * 1024),
      maxSpan: 2_000,
      pullBatchSize: number('pullBatchSize', 32, 1_024),
    },
    persistMs: number('persistMs', 5_000),
    rebalanceMs: number('rebalanceMs', 20_000),
    offsetDirectory: offsetDirectory ?? '',
  };
}

/** RocketMQ's name of where a group begins. */
export function consumeFromName(from: ConsumeFrom): string {
  if (typeof from === 'object') return 'CONSUME_FROM_TIMESTAMP';
  return from === 'first' ? 'CONSUME_FROM_FIRST_OFFSET' : 'CONSUME_FROM_LAST_OFFSET';
}
