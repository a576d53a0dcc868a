import { RequestCode } from '../request-code.ts';
import { defineCommand, type RequestOf } from '../schema.ts';

/** Reads one record by its position in the log (`offset` is that position). The answer's body is the record. */
export const viewMessageById = defineCommand({
  code: RequestCode.VIEW_MESSAGE_BY_ID,
  name: 'VIEW_MESSAGE_BY_ID',
  request: {
    topic: 'string?',
    offset: 'long',
  },
});

export type ViewMessageByIdRequest = RequestOf<typeof viewMessageById>;
