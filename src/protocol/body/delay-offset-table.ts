import { defaulted, numberMap, object, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** Next offset of the delay queue of each level, by level: the answer to GET_ALL_DELAY_OFFSET. */
export const delayOffsetTable = defineBody(
  'DelayOffsetSerializeWrapper',
  object({ offsetTable: defaulted(numberMap(whole), new Map()) }),
);

export type DelayOffsetTable = BodyOf<typeof delayOffsetTable>;
