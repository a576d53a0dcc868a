import { defaulted, map, numberMap, object, optional, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { dataVersion } from './data-version.ts';

/** Offsets by `topic@group`, then by queue: the answer to GET_ALL_CONSUMER_OFFSET. */
export const consumerOffsetTable = defineBody(
  'ConsumerOffsetSerializeWrapper',
  object({ offsetTable: defaulted(map(numberMap(whole)), new Map()), dataVersion: optional(dataVersion) }),
);

export type ConsumerOffsetTable = BodyOf<typeof consumerOffsetTable>;
