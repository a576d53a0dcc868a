import { list, text } from '../body-codec.ts';
import { defineBody } from '../define-body.ts';

/** Names of broker sets: the body of CONTROLLER_GET_SYNC_STATE_DATA. */
export const brokerNameList = defineBody('List<String>', list(text));
