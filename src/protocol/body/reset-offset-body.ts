import { defaulted, list, object, text, whole } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';
import { queueTable } from './message-queue.ts';

/** New offsets by queue, in the form that Java and Go read. */
export const resetOffsetBody = defineBody('ResetOffsetBody', object({ offsetTable: defaulted(queueTable(whole), []) }));

export type ResetOffsetBody = BodyOf<typeof resetOffsetBody>;

/** The same in the form that C++ clients read (language CPP). */
export const resetOffsetBodyForC = defineBody(
  'ResetOffsetBodyForC',
  object({
    offsetTable: defaulted(list(object({ brokerName: text, queueId: whole, topic: text, offset: whole })), []),
  }),
);

export type ResetOffsetBodyForC = BodyOf<typeof resetOffsetBodyForC>;
