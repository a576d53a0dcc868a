import { defaulted, double, object, type ValueOf, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { queueTable } from './message-queue.ts';

const offsetWrapper = object({
  brokerOffset: whole,
  consumerOffset: whole,
  pullOffset: defaulted(whole, 0),
  /** Store time (ms) of the last consumed message; 0 where unknown. */
  lastTimestamp: defaulted(whole, 0),
});

export type OffsetWrapper = ValueOf<typeof offsetWrapper>;

/** How far a group is in each queue: the answer to GET_CONSUME_STATS. */
export const consumeStats = defineBody(
  'ConsumeStats',
  object({ offsetTable: defaulted(queueTable(offsetWrapper), []), consumeTps: defaulted(double, 0) }),
);

export type ConsumeStats = BodyOf<typeof consumeStats>;
