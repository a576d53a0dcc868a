import { defaulted, map, object, text } from '../body-codec.ts';
import { type BodyOf, defineBody } from '../define-body.ts';

/** Texts by name. */
export const kvTable = defineBody('KVTable', object({ table: defaulted(map(text), new Map()) }));

export type KVTable = BodyOf<typeof kvTable>;
