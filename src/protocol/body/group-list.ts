import { defaulted, list, object, text } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** Names of groups. */
export const groupList = defineBody('GroupList', object({ groupList: defaulted(list(text), []) }));

export type GroupList = BodyOf<typeof groupList>;
